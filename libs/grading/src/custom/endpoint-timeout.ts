import type { GradingSettings } from '@trprompt/core';

const DEFAULT_SECONDS = 30;

/** Milliseconds that an endpoint may take for one answer, retries included. */
export function endpointTimeoutMs({ timeoutSeconds }: GradingSettings['custom']): number {
  return (timeoutSeconds || DEFAULT_SECONDS) * 1000;
}
