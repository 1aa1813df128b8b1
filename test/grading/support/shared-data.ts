import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';

/** A problem of MATH with its published solution and the content of its last box. */
export interface MathProblem {
  id: string;
  solution: string;
  answer: string;
}

const folder = find();

/** Whether the data sets are there; they are not part of this repository. */
export const haveData = folder !== undefined;

/** Says what is skipped, so that nothing passes in silence. */
export function sayWhatIsSkipped(what: string): void {
  if (!haveData)
    console.warn(`skipped: ${what}: there is no folder shared/data beside or above the checkout`);
}

/** The folder shared/data in this file's checkout, beside it, or beside a folder above it. */
function find(): string | undefined {
  let at = dirname(fileURLToPath(import.meta.url));
  for (;;) {
    const candidate = join(at, 'shared', 'data');
    if (existsSync(candidate)) return candidate;
    if (dirname(at) === at) return undefined;
    at = dirname(at);
  }
}

/** The problems of one split; those without an answer, as two of the training split are, left out. */
export function mathProblems(split: 'train' | 'test'): MathProblem[] {
  return records<MathProblem>('math', split === 'test' ? 'test.jsonl' : 'train.jsonl.gz').filter(
    ({ answer }) => answer !== '',
  );
}

/** Questions of GSM8K's test split: worked solution that ends in "#### gold". */
export const gsm8kProblems = (): { question: string; answer: string }[] => records('gsm8k', 'test.jsonl');

/** Questions of GSMHard with their gold answers. */
export const gsmHardProblems = (): { input: string; target: number }[] =>
  records('gsmhard', 'gsmhardv2.jsonl');

function records<T>(set: string, file: string): T[] {
  if (folder === undefined) throw new Error('there is no folder shared/data');
  const bytes = readFileSync(join(folder, set, file));
  const text = (file.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('utf8');
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as T);
}
