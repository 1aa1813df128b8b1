import type { Verdict } from '@trprompt/core';

/** The verdict of a question that was given up: it counts as wrong. */
export function givenUpVerdict(why: string): Verdict {
  return { correct: false, extracted: '', method: 'none', reason: `given up: ${why}` };
}
