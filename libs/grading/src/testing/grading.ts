import { fileURLToPath } from 'node:url';
import type { GradedVerdict, Grader, GradeRequest } from '../grader.js';

/** Where the modules of tests are, as an operator would permit them. */
export const modules = { folder: fileURLToPath(new URL('./modules', import.meta.url)), confined: true };

const never = new AbortController().signal;

/** Grades a whole response. */
export function gradeWith(
  grader: Grader,
  text: string,
  gold = '',
  changes: Partial<GradeRequest> = {},
): Promise<GradedVerdict> {
  return grader.grade({ question: 'Q?', text, form: 'response', gold, ...changes }, never);
}

/** What grading failed with; fails itself when it did not. */
export async function failureOf(grading: Promise<unknown>): Promise<Error> {
  const outcome = await grading.then(
    (value) => new Error(`no failure, but ${JSON.stringify(value)}`),
    (error: unknown) => error as Error,
  );
  if (outcome.name !== 'GraderFailure') throw outcome;
  return outcome;
}
