import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { generatedPairs, type Pair } from '../grading/support/generated-pairs.js';
import { grade } from '../grading/support/grade.js';
import { haveData, mathProblems } from '../grading/support/shared-data.js';

/** Root of the repository, from the sources of this folder as well as from its build. */
const root = fileURLToPath(import.meta.url)
  .replaceAll('\\', '/')
  .replace(/\/test\/(dist\/)?bench\/grading\.[jt]s$/, '');

/** Seconds of one side over all pairs. */
interface Measured {
  seconds: number;
  median: number;
  slowest: number;
  right: number;
}

interface Figure {
  name: string;
  ratio: number;
  target: number;
  details: Record<string, number>;
}

/**
 * Throughput of grading by kind `math` over that of math-verify, on two sets of pairs of a worked solution and a gold answer: those
 * of MATH (generated ones where the data set is absent), and generated ones in which the answer stands in another notation or is
 * wrong. Each side in one process, one after the other, pair by pair.
 */
export async function benchGrading(): Promise<Figure[]> {
  if (!haveData)
    process.stderr.write('shared/data is absent: pairs are generated instead of those of MATH\n');
  const pairs = haveData ? publishedPairs() : generatedPairs(12_500);
  const python = await mathVerify();
  return [
    ...(await figures(haveData ? 'MATH' : 'generated', pairs, python)),
    ...(await figures('answers in other notations', generatedPairs(1000), python)),
  ];
}

async function figures(set: string, pairs: readonly Pair[], python: string | undefined): Promise<Figure[]> {
  const ours = measureOurs(pairs);
  const own = { pairs: pairs.length, pairsPerSecond: pairs.length / ours.seconds, right: ours.right };
  const slowest: Figure = {
    name: `grading, ${set}: 0.25 s / the slowest pair`,
    ratio: 0.25 / ours.slowest,
    target: 1,
    details: { ...own, medianMs: ours.median * 1000, slowestMs: ours.slowest * 1000 },
  };
  if (python === undefined) return [slowest];
  const theirs = await measureMathVerify(python, pairs);
  const compared: Figure = {
    name: `grading, ${set}: pairs a second / those of math-verify 0.9.0`,
    ratio: theirs.seconds / ours.seconds,
    target: 5,
    details: {
      ...own,
      mathVerifyPairsPerSecond: pairs.length / theirs.seconds,
      mathVerifyMedianMs: theirs.median * 1000,
      mathVerifySlowestMs: theirs.slowest * 1000,
      mathVerifyRight: theirs.right,
    },
  };
  return [compared, slowest];
}

function publishedPairs(): Pair[] {
  return [...mathProblems('train'), ...mathProblems('test')].map(({ solution, answer }) => ({
    response: solution,
    gold: answer,
  }));
}

function measureOurs(pairs: readonly Pair[]): Measured {
  // Warms up what is built at first use, as on the other side.
  for (const { response, gold } of pairs.slice(0, 20)) grade('math', 'response', response, gold);
  let right = 0;
  let slowest = 0;
  const seconds = pairs.map(({ response, gold }) => {
    const processor = process.threadCpuUsage();
    const begun = performance.now();
    if (grade('math', 'response', response, gold).correct) right += 1;
    const elapsed = performance.now() - begun;
    const { user, system } = process.threadCpuUsage(processor);
    // Where another process takes the core meanwhile, only processor time says what the pair took.
    slowest = Math.max(slowest, Math.min(elapsed / 1e3, (user + system) / 1e6));
    return elapsed / 1000;
  });
  const sorted = seconds.toSorted((a, b) => a - b);
  return {
    seconds: seconds.reduce((total, one) => total + one, 0),
    median: sorted[Math.floor(sorted.length / 2)] ?? 0,
    slowest,
    right,
  };
}

/** Its interpreter; undefined, and the reason printed, where its environment cannot be made. */
async function mathVerify(): Promise<string | undefined> {
  try {
    const { stdout } = await promisify(execFile)(process.execPath, [`${root}/scripts/bench-python.mjs`]);
    return stdout.trim();
  } catch (error) {
    process.stderr.write(`skipped: the comparison with math-verify: ${String(error)}\n`);
    return undefined;
  }
}

async function measureMathVerify(python: string, pairs: readonly Pair[]): Promise<Measured> {
  const child = spawn(python, [`${root}/test/bench/math-verify/bench.py`], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const ended = once(child, 'exit') as Promise<[number | null]>;
  child.stdin.end(pairs.map((pair) => `${JSON.stringify(pair)}\n`).join(''));
  const printed = await text(child.stdout);
  const [code] = await ended;
  if (code !== 0) throw new Error(`math-verify's process ended with ${String(code)}`);
  return JSON.parse(printed) as Measured;
}
