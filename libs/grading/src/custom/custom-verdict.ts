import type { Verdict } from '@trprompt/core';

const LONGEST_EXTRACTED = 10_000;
const LONGEST_REASON = 1000;

/** The verdict that a user's grader gave; what it left out is filled in. */
export function customVerdict(answer: { correct: boolean; extracted?: string; reason?: string }): Verdict {
  const extracted = answer.extracted?.slice(0, LONGEST_EXTRACTED) ?? '';
  const reason = answer.reason?.trim().slice(0, LONGEST_REASON);
  return {
    correct: answer.correct,
    extracted,
    method: extracted === '' ? 'none' : 'whole',
    reason: reason || (answer.correct ? 'right by the custom grader' : 'wrong by the custom grader'),
  };
}
