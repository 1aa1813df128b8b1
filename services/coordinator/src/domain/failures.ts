import type { LimitName } from '@trprompt/core';
import { noUsage, type Usage } from './model.js';

/** One item has no result; the others of its batch are not affected. */
export class ItemFailure extends Error {
  override readonly name = 'ItemFailure';
  constructor(
    message: string,
    /** Whether the same call may succeed later. */
    readonly retryable: boolean,
    /** What the failed attempts cost all the same. */
    readonly usage: Usage = noUsage(),
    /** The endpoint as a whole is away: the item is not to blame. */
    readonly outage = false,
  ) {
    super(message);
  }
}

/** A service as a whole did not do its work: not reachable, or it refused the request. No item is to blame. */
export class ServiceFailure extends Error {
  override readonly name = 'ServiceFailure';
  constructor(
    message: string,
    /** Whether the same call may succeed later. */
    readonly retryable: boolean,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** A step cannot go on: the run fails with this sentence and can be resumed. */
export class StepFailure extends Error {
  override readonly name = 'StepFailure';
}

/** A limit of the configuration was reached: the run stops with this sentence. */
export class LimitReached extends Error {
  override readonly name = 'LimitReached';
  constructor(
    message: string,
    readonly limit: LimitName,
    /** What is not done because of it. */
    readonly before: string,
  ) {
    super(message);
  }
}

/** Somebody cancelled the run. */
export class RunCancelled extends Error {
  override readonly name = 'RunCancelled';
  constructor() {
    super('cancelled');
  }
}

/** This process is going away; the run goes on when the coordinator starts again. */
export class CoordinatorStopping extends Error {
  override readonly name = 'CoordinatorStopping';
  constructor() {
    super('the coordinator is stopping');
  }
}

/** Text of anything that was thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
