import { addUsage, noUsage, retryDelayMs, sleep, type RetryPolicy, type Usage } from '@trprompt/llm';
import { CallFailure } from '../ports/call-failure.js';
import type { Written } from '../ports/prompt-writer.js';

/** The services retry their endpoint; this bridges a restart of a service, or a longer outage. */
export const callPolicy: RetryPolicy = { attempts: 5, baseMs: 500, capMs: 8_000, maxRetryAfterMs: 0 };

/**
 * Makes the call until it succeeds, cannot, or the policy gives up. Its usage counts all attempts; `onPaid` hears of that of each as it ends.
 * @throws CallFailure
 */
export async function retrying(
  call: () => Promise<Written>,
  signal: AbortSignal,
  policy: RetryPolicy,
  random: () => number,
  onPaid: (usage: Usage) => void = () => undefined,
): Promise<Written> {
  let spent: Usage = noUsage();
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
      const delayMs = error.retryable ? retryDelayMs(policy, failures, random()) : undefined;
      if (delayMs === undefined) {
        const { code, message, scope, retryable, cause } = error;
        throw new CallFailure(code, message, scope, { retryable, usage: spent, cause });
      }
      await sleep(delayMs, signal);
    }
  }
}
