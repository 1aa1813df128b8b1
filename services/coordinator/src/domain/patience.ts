import { setTimeout as delay } from 'node:timers/promises';
import { ItemFailure, ServiceFailure } from './failures.js';

/** How long failing calls are tried again. */
export interface Patience {
  /** Tries of one item whose endpoint failed it, the first included. */
  itemTries: number;
  /** Seconds for which a service that is not reachable is waited for. */
  serviceSeconds: number;
  /** First delay, milliseconds; it doubles up to `maxDelayMs`. */
  firstDelayMs: number;
  maxDelayMs: number;
}

export const defaultPatience: Patience = {
  itemTries: 3,
  serviceSeconds: 120,
  firstDelayMs: 250,
  maxDelayMs: 8000,
};

/**
 * Calls until it succeeds, with growing delays. An item that fails (ItemFailure, retryable) is tried `itemTries` times; a service that is away
 * (ServiceFailure, retryable) is waited for, since it may be restarting. Everything else is thrown at once.
 * `onFailedTry` hears of every failed try of an item (its usage was paid).
 */
export async function patiently<T>(
  call: () => Promise<T>,
  patience: Patience,
  signal: AbortSignal,
  onFailedTry: (failure: ItemFailure) => void = () => undefined,
): Promise<T> {
  let itemTries = 0;
  let waitedMs = 0;
  for (let attempt = 0; ; attempt += 1) {
    try {
      return await call();
    } catch (error) {
      signal.throwIfAborted();
      if (error instanceof ItemFailure) {
        onFailedTry(error);
        itemTries += 1;
        if (!error.retryable || itemTries >= patience.itemTries) throw error;
      } else if (!(error instanceof ServiceFailure) || !error.retryable) throw error;
      else if (waitedMs >= patience.serviceSeconds * 1000)
        throw new ServiceFailure(`${error.message} (tried for ${patience.serviceSeconds} s)`, true, {
          cause: error,
        });
      const pauseMs = Math.min(patience.maxDelayMs, patience.firstDelayMs * 2 ** attempt);
      waitedMs += pauseMs;
      await delay(pauseMs, undefined, { signal }).catch(() => signal.throwIfAborted());
    }
  }
}
