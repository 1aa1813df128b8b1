import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { mcnemarExact, wilson } from '../index.js';

describe('wilson', () => {
  // Computed independently from the published formula.
  it.each([
    [0, 10, 0, 0.2775],
    [10, 10, 0.7225, 1],
    [5, 10, 0.2366, 0.7634],
    [20, 48, 0.2885, 0.557],
    [101, 318, 0.2689, 0.3706],
  ])('%i of %i is %f to %f', (correct, total, low, high) => {
    const interval = wilson(correct, total);
    expect(interval.low).toBeCloseTo(low, 3);
    expect(interval.high).toBeCloseTo(high, 3);
  });

  it('knows nothing without answers', () => {
    expect(wilson(0, 0)).toEqual({ low: 0, high: 1 });
  });

  it('property: holds the proportion, stays inside 0 to 1, and narrows with more answers', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 500 }), fc.nat(), (total, n) => {
        const correct = n % (total + 1);
        const { low, high } = wilson(correct, total);
        expect(low >= 0 && low <= correct / total && correct / total <= high && high <= 1).toBe(true);
        const wider = wilson(correct * 4, total * 4);
        expect(wider.high - wider.low).toBeLessThan(high - low);
      }),
    );
  });

  it.each([
    [-1, 3],
    [4, 3],
    [1.5, 3],
    [0, -1],
  ])('%f of %f is refused', (correct, total) => {
    expect(() => wilson(correct, total)).toThrow(RangeError);
  });
});

describe('mcnemarExact', () => {
  // Computed with exact integer binomials.
  it.each([
    [0, 0, 1],
    [5, 5, 1],
    [1, 0, 1],
    [6, 0, 0.03125],
    [10, 2, 0.038574],
    [2, 10, 0.038574],
    [30, 15, 0.035698],
    [15, 12, 0.701108],
  ])('%i wins and %i losses give p = %f', (wins, losses, p) => {
    expect(mcnemarExact(wins, losses)).toBeCloseTo(p, 5);
  });

  it('property: is a probability, symmetric, and 1 for a tie', () => {
    fc.assert(
      fc.property(fc.nat(3000), fc.nat(3000), (wins, losses) => {
        const p = mcnemarExact(wins, losses);
        expect(p >= 0 && p <= 1).toBe(true);
        expect(p).toBe(mcnemarExact(losses, wins));
        expect(mcnemarExact(wins, wins)).toBeCloseTo(1, 9);
      }),
    );
  });

  it('is sound past the smallest power of two', () => {
    expect(mcnemarExact(1000, 1000)).toBeCloseTo(1, 6);
    expect(mcnemarExact(2100, 1900)).toBeCloseTo(0.0016493, 6);
  });

  it.each([
    [-1, 0],
    [0, 0.5],
  ])('%f wins, %f losses are refused', (wins, losses) => {
    expect(() => mcnemarExact(wins, losses)).toThrow(RangeError);
  });
});
