/** What one comparison may cost. Everything past a limit is compared by its text or its parts only. */
export const limits = {
  /** Characters of an answer, after cleaning, that are still parsed. */
  characters: 20_000,
  tokens: 6_000,
  /** Nested groups, fractions, roots and powers. */
  depth: 80,
  /** Bits of an exact numerator or denominator. */
  bits: 120_000,
  /** Largest n of n! and n of a binomial coefficient that is multiplied out. */
  factorial: 5_000,
  /** Decimal digits of the most precise approximation. */
  digits: 1_000,
  /** Members of a list, after its ± signs are written out. */
  members: 2_000,
  /** Units of work of one comparison; a multiplication of two 50-digit numbers is one. About 100 ns each. */
  work: 1_000_000,
} as const;

/** The work of one comparison is used up. Never leaves compareMath. */
export class WorkExceeded extends Error {}

/** Counts the work of one comparison. */
export class Work {
  private left: number = limits.work;

  /** @throws WorkExceeded when nothing is left */
  spend(units: number): void {
    this.left -= units;
    if (this.left < 0) throw new WorkExceeded('the work of one comparison is used up');
  }
}
