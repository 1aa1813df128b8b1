import { Injectable, Logger } from '@nestjs/common';
import type { NewRun } from './create-run.js';
import { prepareRun } from './create-run.js';
import { hasEnded, type RunRecord } from './model.js';
import { TemplateCatalogue } from './ports.js';
import { NotFound, NotNow } from './problems.js';
import { RunHub } from './run-hub.js';
import { RunStore } from './run-store.js';
import { RunWorker } from './run-worker.js';
import { ServicesPort } from './services-port.js';

/** Accepts, starts, cancels and resumes runs; holds the workers of this process. */
@Injectable()
export class RunManager {
  readonly #workers = new Map<string, RunWorker>();
  readonly #logger = new Logger('runs');
  #stopping = false;

  constructor(
    private readonly store: RunStore,
    private readonly hub: RunHub,
    private readonly services: ServicesPort,
    private readonly templates: TemplateCatalogue,
  ) {}

  /** Goes on with every run that was running when the last process ended. */
  async resumeUnfinished(): Promise<void> {
    for (const run of await this.store.unfinished()) this.#start(run);
  }

  /** Accepts a run and starts it; the same non-empty request id returns the same run. Throws RequestProblems. */
  async create(request: NewRun, requestId: string): Promise<RunRecord> {
    const known = requestId === '' ? undefined : await this.store.findByRequest(requestId);
    if (known) return known;
    const { run, examples } = await prepareRun(request, this.services.artefacts, this.templates);
    const { name, configDigest, dataset } = run;
    const stored = await this.store.create(run, requestId, examples, [
      { type: 'run_created', name, configDigest, dataset },
    ]);
    if (stored.runId === run.runId) this.#start(run);
    return stored;
  }

  /** Stops the run and waits until nothing works on it. Idempotent. Throws NotFound. */
  async cancel(runId: string): Promise<RunRecord> {
    await this.get(runId);
    const worker = this.#workers.get(runId);
    worker?.cancel();
    await worker?.done;
    return this.get(runId);
  }

  /** Goes on where the run was; items that were given up in its unfinished step get another chance. Throws NotFound, NotNow. */
  async resume(runId: string): Promise<RunRecord> {
    const run = await this.get(runId);
    if (run.state === 'succeeded')
      throw new NotNow(`run ${runId} has succeeded: there is nothing to resume; create a new run`);
    if (!hasEnded(run.state)) return run;
    await this.#workers.get(runId)?.done;
    await this.store.commit(
      runId,
      [{ kind: 'forget-given-up' }, { kind: 'run', state: 'running', reason: '', ended: false }],
      [],
    );
    this.#start(await this.get(runId));
    return this.get(runId);
  }

  /** Throws NotFound. */
  async get(runId: string): Promise<RunRecord> {
    const run = await this.store.find(runId);
    if (!run) throw new NotFound(`there is no run ${JSON.stringify(runId)}; ListRuns names those there are`);
    return run;
  }

  /** Stops all workers without ending their runs; resolves when nothing works any more. */
  async stop(): Promise<void> {
    this.#stopping = true;
    for (const worker of this.#workers.values()) worker.stop();
    await Promise.all([...this.#workers.values()].map((worker) => worker.done));
    this.hub.close();
  }

  #start(run: RunRecord): void {
    if (this.#stopping || this.#workers.has(run.runId)) return;
    const { store, hub, services } = this;
    const dependencies = { store, hub, services, now: () => performance.now() };
    const worker = new RunWorker({ ...run }, dependencies, (error) =>
      this.#logger.error(
        `run ${run.runId}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`,
      ),
    );
    this.#workers.set(run.runId, worker);
    void worker.done.finally(() => this.#workers.delete(run.runId));
  }
}
