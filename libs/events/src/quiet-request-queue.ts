import { createRequire } from 'node:module';

/** What this needs of kafkajs's queue of requests of a connection. */
interface RequestQueue {
  pending: readonly unknown[];
  /** Milliseconds since 1970; the broker asked to send nothing before. */
  throttledUntil: number;
  scheduleCheckPendingRequests(this: RequestQueue): void;
}

/**
 * Each connection of kafkajs 2.2.4 looks after requests that wait every millisecond, even when none does: 4 % of a processor for an idle consumer, and a
 * warning about a negative timeout on Node 24. With this it looks only when one waits or the broker throttles (0.8 %). A later kafkajs that has no
 * such queue is left as it is. See docs/decisions/0012.
 */
export function quietRequestQueue(): void {
  const { prototype } = createRequire(import.meta.url)('kafkajs/src/network/requestQueue/index.js') as {
    prototype: Partial<RequestQueue>;
  };
  const { scheduleCheckPendingRequests: schedule } = prototype;
  if (schedule === undefined || patched.has(prototype)) return;
  patched.add(prototype);
  prototype.scheduleCheckPendingRequests = function (this: RequestQueue): void {
    if (this.pending.length > 0 || this.throttledUntil > Date.now()) schedule.call(this);
  };
}

const patched = new WeakSet<object>();
