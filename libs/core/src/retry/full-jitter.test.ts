import { describe, expect, it } from 'vitest';
import { fullJitterMs } from './full-jitter.js';

describe('a delay with full jitter', () => {
  const bounds = { initialDelayMs: 100, maxDelayMs: 1000 };

  it('has a bound that doubles with each attempt up to the limit', () => {
    const longest = [1, 2, 3, 4, 5, 6, 500].map((attempt) => fullJitterMs(attempt, bounds, 1));
    expect(longest).toEqual([100, 200, 400, 800, 1000, 1000, 1000]);
  });

  it('is drawn over the whole range from zero', () => {
    expect([0, 0.25].map((uniform) => fullJitterMs(2, bounds, uniform))).toEqual([0, 50]);
    expect([0, 0.5].map((uniform) => fullJitterMs(3, bounds, uniform))).toEqual([0, 200]);
  });
});
