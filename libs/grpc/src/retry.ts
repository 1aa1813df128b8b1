import type { BackoffBounds } from '@trprompt/core';

/** When and how often a unary call is tried again. */
export interface RetryPolicy extends BackoffBounds {
  /** Calls in all, 1 or more. */
  attempts: number;
}

export const defaultRetry: RetryPolicy = { attempts: 5, initialDelayMs: 100, maxDelayMs: 5000 };
