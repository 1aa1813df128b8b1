import { setTimeout as delay } from 'node:timers/promises';
import { fullJitterMs } from '@trprompt/core';
import { type Progress, RunState, type WatchRunResponse } from '@trprompt/proto/coordinator/v1/coordinator';
import type { RunEvent } from '@trprompt/proto/events/v1/events';
import { TrpromptError } from './errors.js';

/** An event of a run (durable, ordered, each exactly once) or its transient progress (only the latest matters). */
export type RunUpdate = { type: 'event'; event: RunEvent } | { type: 'progress'; progress: Progress };

/** Settings of `watchRun`. */
export interface WatchOptions {
  /** Only events after this sequence. Default: 0, from the first. */
  afterSequence?: number;
  /** Also the triples of a run whose configuration has `events.samples`. Default: false, since there may be very many. */
  includeSamples?: boolean;
  /** Aborting it ends the watching (with a `cancelled` error), not the run. */
  signal?: AbortSignal;
  /** Seconds without any answer after which watching gives up. Default: 60. */
  outageSeconds?: number;
  /** Called each time the connection is lost, before it is tried again. */
  onInterruption?: (error: TrpromptError) => void;
}

/** The two calls that watching needs. */
export interface WatchSource {
  stream(afterSequence: number): AsyncIterable<WatchRunResponse>;
  state(): Promise<RunState>;
}

/** Pauses before a lost connection is tried again. */
export const reconnectBackoff = { attempts: Number.POSITIVE_INFINITY, initialDelayMs: 200, maxDelayMs: 3000 };
const ended: ReadonlySet<RunState> = new Set([
  RunState.RUN_STATE_SUCCEEDED,
  RunState.RUN_STATE_FAILED,
  RunState.RUN_STATE_CANCELLED,
  RunState.RUN_STATE_STOPPED,
]);

/** True when a run in this state makes no more events unless it is resumed. */
export function hasEnded(state: RunState): boolean {
  return ended.has(state);
}

/**
 * Follows a run over lost connections: after each it asks for what comes after the last event that it has, so events are neither lost nor repeated. A stream that ends
 * although the run has not (the coordinator is being restarted) is a lost connection too.
 */
export async function* watch(
  source: WatchSource,
  options: WatchOptions,
): AsyncGenerator<RunUpdate, void, undefined> {
  let last = options.afterSequence ?? 0;
  let lastAnswer = Date.now();
  for (let attempt = 1; ; attempt++) {
    try {
      for await (const { update } of source.stream(last)) {
        attempt = 1;
        lastAnswer = Date.now();
        if (update?.$case === 'progress') {
          yield { type: 'progress', progress: update.value };
        } else if (update?.$case === 'event' && update.value.sequence > last) {
          last = update.value.sequence;
          yield { type: 'event', event: update.value };
        }
      }
      if (hasEnded(await source.state())) return;
      lastAnswer = Date.now();
    } catch (thrown) {
      const error = TrpromptError.from(thrown);
      if (options.signal?.aborted)
        throw new TrpromptError('cancelled', 'Watching was ended.', { cause: thrown });
      const outageMs = Date.now() - lastAnswer;
      if (error.code !== 'unreachable' || outageMs > 1000 * (options.outageSeconds ?? 60)) throw error;
      options.onInterruption?.(error);
    }
    await pause(fullJitterMs(attempt, reconnectBackoff, Math.random()), options.signal);
  }
}

async function pause(milliseconds: number, signal: AbortSignal | undefined): Promise<void> {
  try {
    await delay(milliseconds, undefined, { signal });
  } catch (error) {
    throw new TrpromptError('cancelled', 'Watching was ended.', { cause: error });
  }
}
