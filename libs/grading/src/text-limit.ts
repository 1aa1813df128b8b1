import { GraderFailure } from './grader.js';

/** Characters of a text that graders outside of this process are given. */
export const LONGEST_TEXT = 16 * 1024 * 1024;

/** @throws GraderFailure when a text is too long to be handed on */
export function checkLength(text: string): void {
  if (text.length > LONGEST_TEXT)
    throw new GraderFailure(
      `the answer has ${text.length} characters, at most ${LONGEST_TEXT} can be graded: lower target.decoding.maxTokens`,
    );
}
