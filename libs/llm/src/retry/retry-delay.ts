import { fullJitterMs } from '@trprompt/core';

/** When and how often a failed call is tried again. */
export interface RetryPolicy {
  /** Attempts in all, at least 1. */
  attempts: number;
  /** Upper bound of the first delay, milliseconds; doubles with every attempt. */
  baseMs: number;
  /** Upper bound of any delay that the endpoint did not ask for, milliseconds. */
  capMs: number;
  /** A longer Retry-After than this is not waited for, milliseconds. */
  maxRetryAfterMs: number;
}

export const defaultRetryPolicy: RetryPolicy = {
  attempts: 5,
  baseMs: 250,
  capMs: 8_000,
  maxRetryAfterMs: 60_000,
};

/**
 * Delay before the next attempt, milliseconds: full jitter on top of what the endpoint asked for, so that the callers it sent away do not come back together.
 * @param failures failed attempts so far, at least 1.
 * @param random in [0, 1).
 * @returns undefined when the policy gives up.
 */
export function retryDelayMs(
  policy: RetryPolicy,
  failures: number,
  random: number,
  retryAfterMs = 0,
): number | undefined {
  if (failures >= policy.attempts || retryAfterMs > policy.maxRetryAfterMs) return undefined;
  const bounds = { initialDelayMs: policy.baseMs, maxDelayMs: policy.capMs };
  return retryAfterMs + fullJitterMs(failures, bounds, random);
}

/**
 * Milliseconds that a Retry-After header asks for (RFC 9110, 10.2.3: seconds or an HTTP date).
 * @returns undefined when the header is missing or makes no sense; never negative.
 */
export function parseRetryAfter(header: string | null | undefined, nowMs: number): number | undefined {
  if (!header) return undefined;
  if (/^-?\d+(\.\d+)?$/.test(header)) return Math.max(0, Number(header) * 1000);
  // Date.parse takes almost any text with a number in it for a date; an HTTP date begins with the day of the week.
  const date = /^(Mon|Tue|Wed|Thu|Fri|Sat|Sun)/.test(header) ? Date.parse(header) : Number.NaN;
  return Number.isNaN(date) ? undefined : Math.max(0, date - nowMs);
}
