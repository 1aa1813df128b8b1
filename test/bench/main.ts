import { parseArgs } from 'node:util';
import { benchEngine } from './engine.js';
import { benchGrading } from './grading.js';
import { benchRollout } from './rollout.js';
import { benchTraining } from './training.js';

/** One figure beside its target. */
interface Figure {
  name: string;
  ratio: number;
  target: number;
  details: Record<string, number>;
}

interface Benchmark {
  run: () => Promise<Figure[]>;
  /** Whether a figure has to reach its target or stay below it. */
  better: 'higher' | 'lower';
}

const benchmarks: Record<string, Benchmark> = {
  engine: { run: async () => [await benchEngine()], better: 'higher' },
  grading: { run: benchGrading, better: 'higher' },
  rollout: { run: benchRollout, better: 'lower' },
  training: { run: async () => [await benchTraining()], better: 'higher' },
};

const usage = `Measures the mesh against named references and prints ratios; takes about seven minutes on a quiet machine.

npm run bench                       all benchmarks
npm run bench -- rollout            one of: ${Object.keys(benchmarks).join(', ')}
npm run bench -- --json             JSON lines

These are measurements, not tests: a target that is missed on a busy machine is printed and fails nothing.
`;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { json: { type: 'boolean', default: false }, help: { type: 'boolean', default: false } },
});

function line({ name, ratio, target, details }: Figure, better: Benchmark['better']): string {
  const met = better === 'higher' ? ratio >= target : ratio <= target;
  const sign = better === 'higher' ? '≥' : '≤';
  const facts = Object.entries(details).map(([key, value]) => `${key} ${Number(value.toPrecision(4))}`);
  return `${met ? 'met   ' : 'missed'}  ${ratio.toFixed(2)} (${sign} ${target})  ${name}\n          ${facts.join(', ')}`;
}

async function main(): Promise<number> {
  const unknown = positionals.find((name) => !(name in benchmarks));
  if (values.help || unknown !== undefined) {
    process.stdout.write(unknown === undefined ? usage : `There is no benchmark "${unknown}".\n\n${usage}`);
    return unknown === undefined ? 0 : 2;
  }
  const chosen = Object.entries(benchmarks).filter(
    ([name]) => positionals.length === 0 || positionals.includes(name),
  );
  for (const [name, { run, better }] of chosen) {
    process.stderr.write(`${name} ...\n`);
    for (const figure of await run()) {
      process.stdout.write(`${values.json ? JSON.stringify(figure) : line(figure, better)}\n`);
    }
  }
  return 0;
}

process.exitCode = await main();
