import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { mcnemarExact, wilson, winRate } from './index.js';

describe('the win rate', () => {
  it('counts wins, half of the ties in the score, and tests wins against losses', () => {
    const { rate, score, interval, pValue } = winRate({ wins: 8, ties: 6, losses: 2 });
    expect(rate).toBe(0.5);
    expect(score).toBe(11 / 16);
    expect(interval).toEqual(wilson(8, 16));
    // 2 * (1 + 10 + 45) / 2^10
    expect(pValue).toBeCloseTo(112 / 1024, 12);
  });

  it('knows nothing without comparisons', () => {
    expect(winRate({ wins: 0, ties: 0, losses: 0 })).toEqual({
      rate: 0,
      score: 0,
      interval: { low: 0, high: 1 },
      pValue: 1,
    });
  });

  it('property: turned round, the score is the rest and the p value is the same; ties do not change it', () => {
    const count = fc.nat({ max: 300 });
    fc.assert(
      fc.property(count, count, count, (wins, ties, losses) => {
        const here = winRate({ wins, ties, losses });
        const there = winRate({ wins: losses, ties, losses: wins });
        expect(here.score + there.score).toBeCloseTo(wins + ties + losses > 0 ? 1 : 0, 12);
        expect(here.pValue).toBe(there.pValue);
        expect(here.pValue).toBe(mcnemarExact(wins, losses));
      }),
      { seed: 9 },
    );
  });

  it('refuses what is no count', () => {
    expect(() => winRate({ wins: -1, ties: 0, losses: 2 })).toThrow(RangeError);
  });
});
