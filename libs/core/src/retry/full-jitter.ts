/** Bounds of a backoff, milliseconds. */
export interface BackoffBounds {
  /** Upper bound of the first delay; it doubles with every attempt. */
  initialDelayMs: number;
  /** Upper bound of every delay. */
  maxDelayMs: number;
}

/**
 * The delay after a failed attempt: drawn evenly from 0 to a bound that doubles with each attempt (full jitter; M. Brooker, "Exponential Backoff And
 * Jitter", AWS Architecture Blog, 2015).
 * @param attempt 1-based, the one that failed
 * @param uniform a number in [0, 1)
 * @returns milliseconds
 */
export function fullJitterMs(attempt: number, bounds: BackoffBounds, uniform: number): number {
  return uniform * Math.min(bounds.maxDelayMs, bounds.initialDelayMs * 2 ** Math.min(attempt - 1, 30));
}
