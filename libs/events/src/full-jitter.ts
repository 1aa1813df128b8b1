/**
 * The pause after a failed attempt: drawn evenly from 0 to a bound that doubles with each attempt (full jitter; M. Brooker, "Exponential Backoff And
 * Jitter", AWS Architecture Blog, 2015).
 * @param attempt 1-based, the one that failed
 * @returns milliseconds
 */
export function fullJitter(
  attempt: number,
  { initialDelayMs, maxDelayMs }: { initialDelayMs: number; maxDelayMs: number },
  random: () => number = Math.random,
): number {
  return random() * Math.min(maxDelayMs, initialDelayMs * 2 ** Math.min(attempt - 1, 30));
}
