import { deriveSeed } from './derive.js';

/** Seeds with which one question is asked when a policy is scored. */
export interface EvaluationSeeds {
  prompt: number;
  answer: number;
}

/**
 * Common random numbers: the seeds depend on the run and the question alone, not on iteration, step or candidate, so that accuracies are compared
 * on the same draws, and what the search has scored need not be paid for again by the evaluation after it.
 */
export function evaluationSeeds(runSeed: number, itemId: string): EvaluationSeeds {
  return {
    prompt: deriveSeed(runSeed, 'search', 'prompt', itemId),
    answer: deriveSeed(runSeed, 'search', 'answer', itemId),
  };
}
