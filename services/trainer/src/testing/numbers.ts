export function mean(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0) / values.length;
}

/** Log-probabilities of logits. */
export function logSoftmax(logits: readonly number[]): number[] {
  const most = logits.reduce((a, b) => Math.max(a, b), -Infinity);
  const norm = most + Math.log(logits.reduce((total, logit) => total + Math.exp(logit - most), 0));
  return logits.map((logit) => logit - norm);
}

/** NaN when the lengths differ, which is below no bound. */
export function largestDifference(a: readonly number[], b: ArrayLike<number>): number {
  if (a.length !== b.length) return NaN;
  return a.reduce((most, value, index) => Math.max(most, Math.abs(value - (b[index] ?? NaN))), 0);
}

/** Pearson's. */
export function correlation(a: readonly number[], b: readonly number[]): number {
  const [meanA, meanB] = [mean(a), mean(b)];
  const pairs = a.map((value, index) => [value - meanA, (b[index] ?? NaN) - meanB] as const);
  const variance = (at: 0 | 1): number => mean(pairs.map((pair) => pair[at] ** 2));
  return mean(pairs.map(([x, y]) => x * y)) / Math.sqrt(variance(0) * variance(1));
}
