import { QuestionIndex } from './question-index.js';
import { numbersOf } from './shingles.js';

/** A question of one set that is nearly one of another. */
export interface LeakedQuestion {
  /** Position in the set that is looked through. */
  position: number;
  /** Position in the set that it is compared with. */
  original: number;
  /** Jaccard similarity, the threshold to 1. */
  similarity: number;
  /** Whether both name the same numbers: then the answer is likely the same. */
  sameNumbers: boolean;
}

/** Bounds the time for large sets that were made from few templates; no natural one comes near it. */
const mostComparisons = 4_000_000;

/**
 * The questions that are nearly a question of another set, each with the nearest, those with the same numbers first, then the
 * nearest pairs: what a model learns from the one, it has
 * seen of the other. Near-linear in the size of both sets.
 */
export function findNearDuplicates(
  questions: readonly string[],
  others: readonly string[],
  threshold?: number,
): LeakedQuestion[] {
  const candidates = Math.min(400, Math.max(20, Math.floor(mostComparisons / Math.max(1, questions.length))));
  const index = new QuestionIndex(others, threshold, candidates);
  const found = questions.flatMap((question, position) => {
    const near = index.nearest(question);
    if (!near) return [];
    const sameNumbers = numbersOf(question) === numbersOf(others[near.position] ?? '');
    return [{ position, original: near.position, similarity: near.similarity, sameNumbers }];
  });
  return found.toSorted(
    (a, b) =>
      Number(b.sameNumbers) - Number(a.sameNumbers) || b.similarity - a.similarity || a.position - b.position,
  );
}
