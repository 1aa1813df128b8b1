/** An interval of a proportion, 0 to 1 at both ends. */
export interface Interval {
  low: number;
  high: number;
}

/**
 * Wilson score interval of a proportion (Wilson, JASA 1927). Unlike the normal approximation it stays inside 0 to 1 and is
 * sound at 0 or all right and at small totals.
 *
 * @param correct right answers, 0 to total
 * @param total answers; 0 gives the whole of 0 to 1, since nothing is known
 * @param z quantile of the normal distribution; 1.96 is 95 %
 * @throws RangeError when the counts are no counts
 */
export function wilson(correct: number, total: number, z = 1.96): Interval {
  if (!Number.isInteger(total) || total < 0)
    throw new RangeError(`total is ${total}: it must be an integer of at least 0`);
  if (!Number.isInteger(correct) || correct < 0 || correct > total) {
    throw new RangeError(`correct is ${correct}: it must be an integer of 0 to ${total}`);
  }
  if (total === 0) return { low: 0, high: 1 };
  const share = correct / total;
  const square = z * z;
  const centre = share + square / (2 * total);
  const reach = z * Math.sqrt((share * (1 - share)) / total + square / (4 * total * total));
  const scale = 1 + square / total;
  return {
    low: correct === 0 ? 0 : Math.max(0, (centre - reach) / scale),
    high: correct === total ? 1 : Math.min(1, (centre + reach) / scale),
  };
}
