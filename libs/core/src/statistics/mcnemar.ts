/**
 * Exact McNemar test of two methods on the same questions: the two-sided binomial probability, at one half, of a split of the
 * discordant pairs at least as uneven as the one seen (McNemar, Psychometrika 1947, in its exact form).
 *
 * @param wins questions that only the first method answered right, at least 0
 * @param losses questions that only the second method answered right, at least 0
 * @returns the p value, 0 to 1; 1 when the methods never differ
 * @throws RangeError when the counts are no counts
 */
export function mcnemarExact(wins: number, losses: number): number {
  for (const [name, value] of Object.entries({ wins, losses })) {
    if (!Number.isSafeInteger(value) || value < 0) {
      throw new RangeError(`${name} is ${value}: it must be an integer of at least 0`);
    }
  }
  const pairs = wins + losses;
  const fewer = Math.min(wins, losses);
  // Summed in logarithms: 2^-pairs underflows past 1,074 pairs.
  let logTerm = -pairs * Math.LN2;
  let tail = Math.exp(logTerm);
  for (let k = 1; k <= fewer; k++) {
    logTerm += Math.log(pairs - k + 1) - Math.log(k);
    tail += Math.exp(logTerm);
  }
  return Math.min(1, 2 * tail);
}
