import { createRandom, deriveSeed } from '../seeds/index.js';
import type { Example } from './example.js';

/**
 * Draws training questions without replacement. When more are asked for than there are, every question is drawn before any is
 * drawn again (passes in new orders, cut at n), so counts differ by at most one.
 *
 * @param n at least 0
 * @throws RangeError for n above 0 from an empty split
 */
export function sampleQuestions(train: readonly Example[], n: number, seed: number): Example[] {
  if (!Number.isInteger(n) || n < 0) throw new RangeError(`n is ${n}: it must be an integer of at least 0`);
  if (n > 0 && train.length === 0) throw new RangeError('there are no training questions to draw from');
  const drawn: Example[] = [];
  for (let pass = 0; drawn.length < n; pass++) {
    drawn.push(
      ...createRandom(deriveSeed(seed, 'sample', pass)).sample(
        train,
        Math.min(train.length, n - drawn.length),
      ),
    );
  }
  return drawn;
}
