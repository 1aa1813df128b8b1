/** Batches are cut short by their items, which have time-outs of their own; this only bounds a connection that died unseen. */
export const DEADLINE_MS = 30 * 60 * 1000;

/** Questions that become ready within a few milliseconds of each other share a request. */
export const batching = { maxItems: 256, maxDelayMs: 3 };
