import { createRandom } from '@trprompt/core';
import { describe, expect, it } from 'vitest';
import { slopeOf } from './slope.js';

/** Measurements with a slope, and noise that remembers a share of its last value. */
function measured(slope: number, memory: number, seed: number): { x: number; y: number }[] {
  const random = createRandom(seed);
  let noise = 0;
  return Array.from({ length: 100 }, (_, x) => {
    noise = memory * noise + (random.next() - 0.5);
    return { x, y: 5 + slope * x + noise };
  });
}

describe('the slope of measurements', () => {
  it('is exact without noise', () => {
    const { slope, low, high } = slopeOf(Array.from({ length: 10 }, (_, x) => ({ x, y: 3 - 2 * x })));
    expect(slope).toBeCloseTo(-2, 10);
    expect(high - low).toBeLessThan(1e-6);
  });

  it('lies in its interval most of the time, with noise that remembers', () => {
    let inside = 0;
    for (let seed = 0; seed < 200; seed += 1) {
      const { low, high } = slopeOf(measured(0.01, 0.5, seed));
      if (low <= 0.01 && 0.01 <= high) inside += 1;
    }
    expect(inside / 200).toBeGreaterThan(0.8);
  });

  it('wants enough measurements', () => {
    expect(() => slopeOf([{ x: 1, y: 1 }])).toThrow('too few');
  });
});
