import { addUsage, noUsage, retryDelayMs, sleep, type RetryPolicy, type Usage } from '@trprompt/llm';
import type { RetryBudget } from '@trprompt/core';
import { CallFailure } from '../ports/call-failure.js';

/** The services retry their endpoint; this bridges a restart of a service, or a longer outage. */
export const callPolicy: RetryPolicy = { attempts: 5, baseMs: 500, capMs: 8_000, maxRetryAfterMs: 0 };

/** How the calls of one search are tried again. */
export interface Retrying {
  policy: RetryPolicy;
  /** Shared by all calls of the search, so that its retries do not multiply with those of the services. */
  budget: RetryBudget;
  /** When the caller of the search gives up, on the clock of performance.now(). */
  deadlineAt: number;
  random: () => number;
}

/**
 * Makes the call until it succeeds, cannot, or attempts, time or budget are used up. Its usage counts all attempts; `onPaid` hears of each as it ends.
 * A service that is away (a failed call, not a failed item) takes nothing from the budget: the endpoint did not fail. An endpoint that is away has been
 * waited for by the service: that is for the caller of the search to bridge.
 * @throws CallFailure
 */
export async function retrying<R extends { usage: Usage }>(
  call: () => Promise<R>,
  { policy, budget, deadlineAt, random }: Retrying,
  signal: AbortSignal,
  onPaid: (usage: Usage) => void = () => undefined,
): Promise<R> {
  let spent: Usage = noUsage();
  budget.deposit();
  for (let failures = 1; ; failures++) {
    try {
      const written = await call();
      onPaid(written.usage);
      return { ...written, usage: addUsage(spent, written.usage) };
    } catch (error) {
      if (!(error instanceof CallFailure)) throw error;
      onPaid(error.usage);
      if (signal.aborted) throw error;
      spent = addUsage(spent, error.usage);
      const delayMs = error.retryable && !error.outage ? retryDelayMs(policy, failures, random()) : undefined;
      if (delayMs === undefined || performance.now() + delayMs >= deadlineAt) throw error.withUsage(spent);
      if (error.scope === 'item' && !budget.take())
        throw error.withUsage(spent, ' (not tried again: retry budget of the search spent)');
      await sleep(delayMs, signal);
    }
  }
}
