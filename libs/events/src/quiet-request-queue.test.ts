import { createRequire } from 'node:module';
import { describe, expect, it } from 'vitest';
import { quietRequestQueue } from './quiet-request-queue.js';

/** kafkajs's own class, as this project pins it. */
const RequestQueue = createRequire(import.meta.url)('kafkajs/src/network/requestQueue/index.js') as new (
  options: object,
) => {
  pending: unknown[];
  throttledUntil: number;
  throttleCheckTimeoutId: unknown;
  scheduleCheckPendingRequests(): void;
  destroy(): void;
};

describe("kafkajs's queue of requests", () => {
  it('sets a timer only when a request waits or the broker throttles', () => {
    quietRequestQueue();
    const logger = { namespace: () => ({ debug: () => undefined }) };
    const queue = new RequestQueue({ ...logger, logger, maxInFlightRequests: null });
    queue.scheduleCheckPendingRequests();
    expect(queue.throttleCheckTimeoutId).toBeNull();
    queue.throttledUntil = Date.now() + 60_000;
    queue.scheduleCheckPendingRequests();
    expect(queue.throttleCheckTimeoutId).not.toBeNull();
    queue.destroy();
    queue.throttledUntil = -1;
    queue.pending.push({});
    queue.scheduleCheckPendingRequests();
    expect(queue.throttleCheckTimeoutId).not.toBeNull();
    queue.destroy();
  });
});
