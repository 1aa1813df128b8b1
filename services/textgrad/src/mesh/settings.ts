import { remainingMs } from '@trprompt/service';

/** Batches are cut short by their items, which have time-outs of their own; this only bounds a connection that died unseen. */
export const DEADLINE_MS = 30 * 60 * 1000;

/** Deadline of a call that is made for a caller who gives up at that time, milliseconds. */
export function deadlineMs(deadlineAt: number): number {
  return Math.min(DEADLINE_MS, remainingMs(deadlineAt));
}

/** Questions that become ready within a few milliseconds of each other share a request. */
export const batching = { maxItems: 256, maxDelayMs: 3 };
