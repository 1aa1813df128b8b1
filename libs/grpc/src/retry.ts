/** When and how often a unary call is tried again. */
export interface RetryPolicy {
  /** Calls in all, 1 or more. */
  attempts: number;
  /** Upper bound of the first delay, milliseconds. */
  initialDelayMs: number;
  /** Upper bound of every delay, milliseconds. */
  maxDelayMs: number;
}

export const defaultRetry: RetryPolicy = { attempts: 5, initialDelayMs: 100, maxDelayMs: 5000 };

/**
 * Full-jitter backoff: uniform in [0, min(max, initial * 2^(attempt-1))).
 * @param attempt 1 for the delay after the first failed call
 * @param uniform a number in [0, 1)
 * @returns milliseconds
 */
export function retryDelayMs(attempt: number, policy: RetryPolicy, uniform: number): number {
  return uniform * Math.min(policy.maxDelayMs, policy.initialDelayMs * 2 ** (attempt - 1));
}
