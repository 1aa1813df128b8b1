import { CoordinatorStopping, LimitReached, RunCancelled, messageOf } from './failures.js';
import type { RunRecord, RunState } from './model.js';
import { defaultPatience, type Patience } from './patience.js';
import { ProgressTracker } from './progress-tracker.js';
import type { RunContext, Services } from './run-context.js';
import type { EventPayload } from './run-event.js';
import type { RunHub } from './run-hub.js';
import { runLoop } from './run-loop.js';
import type { Change, RunStore } from './run-store.js';
import { Spending } from './spending.js';

/** What a worker needs from its surroundings. */
export interface WorkerDependencies {
  store: RunStore;
  hub: RunHub;
  services: Services;
  patience?: Patience;
  /** A monotonic clock, milliseconds. */
  now: () => number;
}

/** Works on one run until it ends, is cancelled, or the coordinator stops. */
export class RunWorker {
  readonly #abort = new AbortController();
  readonly done: Promise<void>;

  constructor(
    private readonly run: RunRecord,
    private readonly dependencies: WorkerDependencies,
    private readonly onError: (error: unknown) => void,
  ) {
    this.done = this.#work();
  }

  cancel(): void {
    this.#abort.abort(new RunCancelled());
  }

  /** Stops without ending the run: it goes on at the next start. */
  stop(): void {
    this.#abort.abort(new CoordinatorStopping());
  }

  async #work(): Promise<void> {
    const { hub, now } = this.dependencies;
    const { runId } = this.run;
    const progress = new ProgressTracker((state) => hub.setProgress(runId, state), now);
    try {
      const context = await this.#context(progress);
      await context.commit(
        [{ kind: 'run', state: 'running', reason: '', attempt: this.run.attempt, ended: false }],
        [{ type: 'run_started', attempt: this.run.attempt }],
      );
      const outcome = await this.#loop(context);
      progress.end();
      if (outcome === undefined) return;
      const { state, reason } = outcome;
      await context.commit(
        [{ kind: 'run', state, reason, ended: true, ...(state === 'succeeded' ? { iteration: 0 } : {}) }],
        [{ type: 'run_ended', state, reason }],
      );
    } catch (error) {
      // Nothing can be written any more (the database is gone): the run stays as it is and goes on at the next start.
      this.onError(error);
    } finally {
      progress.end();
      hub.setProgress(runId, undefined);
    }
  }

  async #context(progress: ProgressTracker): Promise<RunContext> {
    const { store, hub, services, now, patience = defaultPatience } = this.dependencies;
    const { run } = this;
    run.attempt += 1;
    const splits: RunContext['splits'] = { train: [], validation: [], confirmation: [], test: [] };
    for (const example of await store.examples(run.runId)) splits[example.split].push(example);
    const commit = async (
      changes: readonly Change[],
      events: readonly EventPayload[] = [],
    ): Promise<void> => {
      const stored = await store.commit(run.runId, changes, events);
      if (stored.length > 0) hub.eventsCommitted(run.runId);
    };
    const spending = new Spending(run.config.limits, await store.costs(run.runId), now);
    return {
      run,
      splits,
      store,
      services,
      progress,
      spending,
      patience,
      signal: this.#abort.signal,
      commit,
    };
  }

  /** How the run ended; undefined when it has not, because the coordinator stops. */
  async #loop(context: RunContext): Promise<{ state: RunState; reason: string } | undefined> {
    try {
      await runLoop(context);
      return { state: 'succeeded', reason: '' };
    } catch (error) {
      const { reason } = this.#abort.signal;
      if (reason instanceof CoordinatorStopping) return undefined;
      if (reason instanceof RunCancelled) return { state: 'cancelled', reason: 'cancelled by CancelRun' };
      if (error instanceof LimitReached) return { state: 'stopped', reason: error.message };
      this.onError(error);
      return { state: 'failed', reason: messageOf(error) };
    }
  }
}
