import type { Random } from '../../seeds/index.js';

/** Exponents: 0, 1/4, ..., 8, and mixtures of neighbours. */
const stepsPerOne = 4;
const mostSteps = 8 * stepsPerOne;

/** A question to be drawn or not. */
export interface Candidate {
  /** Estimated probability of a wrong answer, above 0 and below 1. */
  wrong: number;
  /** Draws it may get, at least 0. */
  most: number;
}

/**
 * Expected draws of each candidate, in proportion to wrong^g as far as `most` allows (focal weighting: Lin et al., "Focal loss", 2017; the priorities of
 * Schaul et al., "Prioritized experience replay", 2016). g is what makes the draws expect the wrong answers that are wanted: the mixture of two
 * neighbouring exponents, 0 when uniform draws expect as many, the largest when none does. So nothing is ever tilted toward easy questions.
 *
 * Powers are products of square roots, which every platform rounds alike, so that every coordinator draws the same.
 *
 * @param count draws, at most the sum of `most`
 * @param wanted wrong answers among them
 * @returns expected draws, 0 to `most` each, adding up to `count`
 */
export function tiltedDraws(candidates: readonly Candidate[], count: number, wanted: number): number[] {
  const expects = (draws: readonly number[]): number =>
    draws.reduce((sum, draw, i) => sum + draw * (candidates[i]?.wrong ?? 0), 0);
  const limits = candidates.map(({ most }) => most);
  const drawsAt = (steps: number): number[] =>
    fill(
      candidates.map(({ wrong }) => power(wrong, steps)),
      limits,
      count,
    );
  let low = 0;
  let high = mostSteps;
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if (expects(drawsAt(middle)) >= wanted) high = middle;
    else low = middle + 1;
  }
  const enough = drawsAt(low);
  if (low === 0) return enough;
  const less = drawsAt(low - 1);
  const gain = expects(enough) - expects(less);
  const part = gain > 0 ? Math.min(1, Math.max(0, (wanted - expects(less)) / gain)) : 1;
  return enough.map((draw, i) => part * draw + (1 - part) * (less[i] ?? 0));
}

/** base^(steps / 4). */
function power(base: number, steps: number): number {
  const root = Math.sqrt(Math.sqrt(base));
  let result = 1;
  for (let i = 0; i < steps; i++) result *= root;
  return result;
}

/** Shares of `count` in proportion to weights, none above its limit; what a limit cuts off goes to the others. */
function fill(weights: readonly number[], limits: readonly number[], count: number): number[] {
  const shares = weights.map(() => 0);
  const order = weights
    .map((weight, i) => ({ i, weight, limit: limits[i] ?? 0 }))
    .filter(({ limit }) => limit > 0)
    // Those that reach their limit first come first.
    .toSorted((a, b) => b.weight / b.limit - a.weight / a.limit || a.i - b.i);
  // From the small ones on: weights may differ by many orders of magnitude, and subtracting a large one would lose them.
  let rest = 0;
  const rests = order.toReversed().map(({ weight }) => (rest += weight));
  let left = count;
  for (const [place, { i, weight, limit }] of order.entries()) {
    const share = Math.min(limit, left * (weight / (rests.at(-1 - place) ?? weight)));
    shares[i] = share;
    left -= share;
  }
  return shares;
}

/**
 * Draws with given expectations: systematic sampling from a random order and start (Madow, "On the theory of systematic sampling", 1949). Each index
 * comes floor or ceiling of its expectation times, so none below 1 comes twice.
 *
 * @param expected adding up to `count`
 * @returns indices
 */
export function systematicDraws(expected: readonly number[], count: number, random: Random): number[] {
  const order = random.shuffle(expected.flatMap((share, i) => (share > 0 ? [i] : [])));
  const start = random.next();
  const drawn: number[] = [];
  let reached = 0;
  for (const i of order) {
    const share = expected[i] ?? 0;
    reached += share;
    for (let times = 0; times < Math.ceil(share) && drawn.length < count; times++) {
      if (drawn.length + start >= reached) break;
      drawn.push(i);
    }
  }
  // Where rounding left the sum a hair short of the last point: the next that may be drawn once more.
  for (const i of order) {
    if (drawn.length >= count) break;
    const times = drawn.filter((index) => index === i).length;
    if (times < Math.ceil(expected[i] ?? 0)) drawn.push(i);
  }
  return drawn;
}
