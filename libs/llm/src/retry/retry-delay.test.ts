import { describe, expect, it } from 'vitest';
import { parseRetryAfter, retryDelayMs, type RetryPolicy } from './retry-delay.js';

const policy: RetryPolicy = { attempts: 5, baseMs: 100, capMs: 400, maxRetryAfterMs: 1000 };

describe('the retry delay', () => {
  it('draws from zero to a bound that doubles up to the cap', () => {
    expect([1, 2, 3, 4].map((failures) => retryDelayMs(policy, failures, 0.5))).toEqual([50, 100, 200, 200]);
    expect(retryDelayMs(policy, 1, 0)).toBe(0);
  });

  it('comes on top of what the endpoint asked for', () => {
    expect(retryDelayMs(policy, 1, 0.5, 700)).toBe(750);
  });

  it('gives up after the last attempt, and when asked to wait too long', () => {
    expect(retryDelayMs(policy, 5, 0.5)).toBeUndefined();
    expect(retryDelayMs(policy, 1, 0.5, 1001)).toBeUndefined();
  });
});

describe('Retry-After', () => {
  const now = Date.parse('2026-01-01T00:00:00Z');

  it('is seconds or a date', () => {
    expect(parseRetryAfter('2', now)).toBe(2000);
    expect(parseRetryAfter('Thu, 01 Jan 2026 00:00:05 GMT', now)).toBe(5000);
  });

  it('is never negative, and ignored when it makes no sense', () => {
    expect(parseRetryAfter('Thu, 01 Jan 2025 00:00:00 GMT', now)).toBe(0);
    expect(parseRetryAfter('-3', now)).toBe(0);
    expect(parseRetryAfter('soon', now)).toBeUndefined();
    expect(parseRetryAfter('in 5 minutes', now)).toBeUndefined();
    expect(parseRetryAfter('0x10', now)).toBeUndefined();
    expect(parseRetryAfter('Thu, 99 Foo 2026', now)).toBeUndefined();
    expect(parseRetryAfter('9'.repeat(400), now)).toBe(Infinity);
    expect(parseRetryAfter(null, now)).toBeUndefined();
  });
});
