import { setTimeout as delay } from 'node:timers/promises';
import { fullJitterMs } from '@trprompt/core';
import type { Run } from '@trprompt/proto/coordinator/v1/coordinator';
import type { RunEvent } from '@trprompt/proto/events/v1/events';
import { TrpromptError } from './errors.js';
import { hasEnded, reconnectBackoff, type RunUpdate, type WatchOptions } from './watch.js';

/** Settings of `watchRuns`. */
export interface WatchRunsOptions extends Omit<WatchOptions, 'afterSequence'> {
  /** Also the runs that had ended when watching began, the oldest first. Default: false. */
  fromBeginning?: boolean;
  /** Milliseconds between two looks for new and resumed runs. Default: 2000. */
  lookEveryMs?: number;
}

/** The two calls that watching all runs needs. */
export interface RunsSource {
  /** Newest first. */
  list(): AsyncIterable<Run>;
  watch(runId: string, options: WatchOptions): AsyncIterable<RunUpdate>;
}

/** Runs known from before that a look goes through: a resumed run that is older is not noticed. */
const KNOWN_RUNS_PER_LOOK = 50;

/** Follows runs side by side: those that are going on, from their first event, and every one that begins or goes on later. */
export async function* watchRuns(
  source: RunsSource,
  options: WatchRunsOptions,
): AsyncGenerator<RunEvent, void, undefined> {
  const watching = new RunsWatch(source, options);
  try {
    yield* watching.events;
  } catch (error) {
    if (options.signal?.aborted)
      throw new TrpromptError('cancelled', 'Watching was ended.', { cause: error });
    throw TrpromptError.from(error);
  } finally {
    await watching.stop();
  }
}

interface WatchedRun {
  /** Sequence of the last event that was given. */
  last: number;
  /** Whether its events are being followed. */
  watched: boolean;
  /** The end that the last look saw; empty while it was going on. */
  endedTime: string;
}

class RunsWatch {
  /** Events as they come; slow readers slow the watching down, nothing piles up. */
  readonly events: ReadableStream<RunEvent>;
  readonly #writer: WritableStreamDefaultWriter<RunEvent>;
  readonly #abort = new AbortController();
  readonly #signal: AbortSignal;
  readonly #tasks = new Set<Promise<void>>();
  readonly #runs = new Map<string, WatchedRun>();
  #interrupted = false;

  constructor(
    private readonly source: RunsSource,
    private readonly options: WatchRunsOptions,
  ) {
    const { readable, writable } = new TransformStream<RunEvent, RunEvent>();
    this.events = readable;
    this.#writer = writable.getWriter();
    const { signal } = this.#abort;
    this.#signal = options.signal ? AbortSignal.any([signal, options.signal]) : signal;
    this.#begin(this.#look());
  }

  async stop(): Promise<void> {
    this.#abort.abort();
    await Promise.all(this.#tasks);
  }

  /** The first task that fails ends all. */
  #begin(task: Promise<void>): void {
    const tracked = task
      .catch((error: unknown) => this.#writer.abort(error).catch(() => undefined))
      .finally(() => this.#tasks.delete(tracked));
    this.#tasks.add(tracked);
  }

  async #look(): Promise<void> {
    let lastAnswer = Date.now();
    for (let attempt = 1, first = true; ;) {
      try {
        await this.#lookOnce(first);
        first = false;
        attempt = 1;
        lastAnswer = Date.now();
        this.#interrupted = false;
        await delay(this.options.lookEveryMs ?? 2000, undefined, { signal: this.#signal });
      } catch (thrown) {
        const error = TrpromptError.from(thrown);
        const outageMs = Date.now() - lastAnswer;
        const lasting = outageMs > 1000 * (this.options.outageSeconds ?? 60);
        // A coordinator that has never answered is not waited for: the address may be wrong.
        if (error.code !== 'unreachable' || first || lasting) throw error;
        this.#onInterruption(error);
        await delay(fullJitterMs(attempt, reconnectBackoff, Math.random()), undefined, {
          signal: this.#signal,
        });
        attempt += 1;
      }
    }
  }

  async #lookOnce(first: boolean): Promise<void> {
    const past: [string, WatchedRun][] = [];
    let known = 0;
    for await (const { runId, state, endedTime = '' } of this.source.list()) {
      this.#signal.throwIfAborted();
      const before = this.#runs.get(runId);
      if (before && !first && (known += 1) > KNOWN_RUNS_PER_LOOK) break;
      const run = before ?? { last: 0, watched: false, endedTime: first ? endedTime : '' };
      this.#runs.set(runId, run);
      // Another end than the one that is known: it has begun, or gone on, and ended between two looks.
      if (!hasEnded(state) || run.endedTime !== endedTime) this.#follow(runId, run);
      else if (first) past.unshift([runId, run]);
      run.endedTime = endedTime;
    }
    if (this.options.fromBeginning) this.#begin(this.#tellPast(past));
  }

  #follow(runId: string, run: WatchedRun): void {
    if (!run.watched) this.#begin(this.#watch(runId, run));
  }

  async #tellPast(runs: readonly [string, WatchedRun][]): Promise<void> {
    for (const [runId, run] of runs) if (!run.watched) await this.#watch(runId, run);
  }

  async #watch(runId: string, run: WatchedRun): Promise<void> {
    run.watched = true;
    const { includeSamples, outageSeconds } = this.options;
    const updates = this.source.watch(runId, {
      afterSequence: run.last,
      includeSamples,
      outageSeconds,
      signal: this.#signal,
      onInterruption: (error) => this.#onInterruption(error),
    });
    try {
      for await (const update of updates) {
        this.#interrupted = false;
        if (update.type !== 'event') continue;
        await this.#writer.write(update.event);
        run.last = update.event.sequence;
      }
    } finally {
      run.watched = false;
    }
  }

  /** Every watched run loses the connection at the same time: that is told once. */
  #onInterruption(error: TrpromptError): void {
    if (this.#interrupted) return;
    this.#interrupted = true;
    this.options.onInterruption?.(error);
  }
}
