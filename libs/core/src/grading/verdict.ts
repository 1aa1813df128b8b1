import type { ExtractionMethod, Verdict } from './kinds.js';

/** The verdict of a comparison that needs no further reason. */
export function comparedVerdict(correct: boolean, extracted: string, method: ExtractionMethod): Verdict {
  return {
    correct,
    extracted,
    method,
    reason: correct ? 'equals the gold answer' : 'differs from the gold answer',
  };
}
