import { describe, expect, it } from 'vitest';
import { fullJitter } from './full-jitter.js';

describe('a pause with full jitter', () => {
  const bounds = { initialDelayMs: 100, maxDelayMs: 1000 };
  it('has a bound that doubles up to the longest pause', () => {
    const longest = [1, 2, 3, 4, 5, 500].map((attempt) => fullJitter(attempt, bounds, () => 1));
    expect(longest).toEqual([100, 200, 400, 800, 1000, 1000]);
  });

  it('is drawn from all of it', () => {
    expect([0, 0.25].map((chance) => fullJitter(2, bounds, () => chance))).toEqual([0, 50]);
  });
});
