import { afterAll, describe, expect, it } from 'vitest';
import type { Hostile } from './hostile/hostile.js';
import { hostileInputs } from './hostile/inputs.js';
import { KillableGrader } from './hostile/killable.js';
import type { Task } from './hostile/worker.js';

/** Most processor time of one verdict, s; the slowest takes a tenth of it. */
const limit = 1;
/** After this much real time a verdict is given up, s; generous, for machines that are busy with other things. */
const guard = 8;
/** What hangs costs a new thread each time: past this many problems of a kind the rest is left out. */
const enough = 10;

const grader = new KillableGrader();
afterAll(() => grader.close());

const megabyte = 1_000_000;

/** With the length of the longest texts. */
const kinds: [Task['kind'], Task['form'], number][] = [
  ['math', 'answer', 10 * megabyte],
  ['math', 'response', 10 * megabyte],
  ['gsm8k', 'response', 10 * megabyte],
  ['gsmhard', 'answer', megabyte],
  ['exact', 'response', megabyte],
  ['choice', 'response', megabyte],
];

async function problemOf(
  kind: Task['kind'],
  form: Task['form'],
  hostile: Hostile,
): Promise<string | undefined> {
  const { name, text, gold = '1', correct } = hostile;
  const outcome = await grader.grade({ kind, form, text, gold }, guard);
  if (outcome === undefined) return `${name}: no verdict in ${guard} s`;
  slowest = Math.max(slowest, outcome.seconds);
  if (outcome.thrown !== undefined) return `${name}: ${outcome.thrown.slice(0, 200)}`;
  if (outcome.seconds > limit) return `${name}: ${outcome.seconds.toFixed(1)} s`;
  if (kind === 'math' && form === 'answer' && correct !== undefined && outcome.correct !== correct)
    return `${name}: taken as ${outcome.correct ? 'right' : 'wrong'}`;
  return undefined;
}

let slowest = 0;

describe('hostile texts', () => {
  it.each(kinds)(
    'get a verdict of kind %s, form %s, within a second',
    async (kind, form, longest) => {
      const inputs = hostileInputs(400, longest);
      const problems: string[] = [];
      slowest = 0;
      for (const hostile of inputs) {
        const problem = await problemOf(kind, form, hostile);
        if (problem !== undefined) problems.push(problem);
        if (problems.length === enough) break;
      }
      console.info(`${kind}, ${form}: ${inputs.length} hostile texts, the slowest ${slowest.toFixed(2)} s`);
      expect(problems).toEqual([]);
    },
    600_000,
  );
});
