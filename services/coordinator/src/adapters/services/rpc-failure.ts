import { status } from '@grpc/grpc-js';
import { RpcError } from '@trprompt/grpc';
import type { ItemError } from '@trprompt/proto/inference/v1/inference';
import { ItemFailure, ServiceFailure, messageOf } from '../../domain/failures.js';
import type { CallScope } from '../../domain/ports.js';
import { toUsage } from '../wire/common.js';

/** Milliseconds that one batch may take: a slow local model answers a full batch in minutes. */
const BATCH_DEADLINE_MS = 15 * 60_000;

/** Milliseconds that one batch of this scope may take. */
export function batchDeadlineMs({ timeLeftMs }: CallScope): number {
  return Math.max(1, Math.min(BATCH_DEADLINE_MS, timeLeftMs()));
}

/** Statuses after which the same batch may succeed: also those of a service that was killed in the middle of it. */
const passing: ReadonlySet<status> = new Set([
  status.UNAVAILABLE,
  status.RESOURCE_EXHAUSTED,
  status.ABORTED,
  status.CANCELLED,
  status.DEADLINE_EXCEEDED,
]);

/** A failed RPC as the domain sees it: the service's fault, not an item's. */
export function serviceFailure(error: unknown): ServiceFailure {
  if (error instanceof ServiceFailure) return error;
  const retryable = error instanceof RpcError ? error.retryable || passing.has(error.code) : false;
  return new ServiceFailure(messageOf(error), retryable, { cause: error });
}

/** An item that a service could not do. */
export function itemFailure(error: ItemError): ItemFailure {
  return new ItemFailure(error.message, error.retryable, toUsage(error.usage), error.outage);
}

/** Whether the service says that the adapter is not active there, as it does after a restart. */
export function isInactiveAdapter(error: unknown): boolean {
  return error instanceof RpcError && error.code === status.FAILED_PRECONDITION;
}
