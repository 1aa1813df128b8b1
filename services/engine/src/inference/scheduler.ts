import { QueueFullError } from './errors.js';
import type { GenerationObserver, GenerationRequest, GenerationResult } from './generation.js';
import { Lane } from './lane.js';
import type { LanguageModel } from './language-model.js';
import { SequencePool } from './sequence-pool.js';
import { ThreadGovernor } from './thread-governor.js';

export interface SchedulerOptions {
  /** Requests decoded together per served model. */
  parallel: number;
  /** Requests of all models together that may wait. */
  queue: number;
  /** Tokens per sequence. */
  contextSize: number;
  /** Prompt tokens per step and sequence. */
  batchSize: number;
  threads: number;
  /** Adapter contexts kept in memory. */
  adapterContexts: number;
}

/** Hands requests to the lane of their model, bounds how many wait and how many adapter contexts are in memory. */
export class Scheduler {
  private readonly lanes = new Map<string, { lane: Lane; adapterPath?: string }>();
  private uses = 0;
  private readonly governor: ThreadGovernor;
  private last = { at: 0, cpu: 0 };

  constructor(
    private readonly model: LanguageModel,
    private readonly options: SchedulerOptions,
    private readonly observer: GenerationObserver,
  ) {
    this.governor = new ThreadGovernor(options.threads);
  }

  get running(): number {
    return this.sum((lane) => lane.running);
  }

  get waiting(): number {
    return this.sum((lane) => lane.inFlight - lane.running);
  }

  /** Starts serving a model name and creates its context, which proves that the adapter fits. */
  async add(name: string, adapterPath?: string): Promise<void> {
    const lane = new Lane(
      this.model,
      () => this.openPool(name, adapterPath),
      this.options.parallel,
      this.options.batchSize,
      this.observer,
      () => this.measure(),
    );
    await lane.warm();
    this.lanes.set(name, { lane, adapterPath });
    this.touch(lane);
  }

  /** Stops serving a model name; requests taken before are still answered. */
  remove(name: string): Promise<void> {
    const entry = this.lanes.get(name);
    this.lanes.delete(name);
    return entry?.lane.close() ?? Promise.resolve();
  }

  /**
   * Takes a request for a model name that was added, or refuses it at once.
   * @returns the answer; rejects with the signal's reason when it aborts first.
   * @throws QueueFullError when all sequences are taken and `queue` requests wait.
   */
  submit(
    name: string,
    request: GenerationRequest,
    signal: AbortSignal,
    onText?: (text: string) => void,
  ): Promise<GenerationResult> {
    const lane = this.lanes.get(name)?.lane;
    if (lane === undefined) throw new Error(`no lane for ${name}`);
    const backlog = this.sum((other) => other.backlog);
    if (lane.inFlight >= this.options.parallel && backlog >= this.options.queue)
      throw new QueueFullError(backlog);
    this.touch(lane);
    if (this.sum((other) => other.inFlight) === 0) this.last = now();
    return lane.submit(request, signal, onText);
  }

  /** Resolves when nothing runs and nothing waits. */
  async settled(): Promise<void> {
    await Promise.all([...this.lanes.values()].map(({ lane }) => lane.settled()));
  }

  /** Rejects everything that waits or runs. */
  abandon(reason: Error): void {
    for (const { lane } of this.lanes.values()) lane.abandon(reason);
  }

  /** Waits for what runs and waits, then frees all contexts. */
  async close(): Promise<void> {
    await Promise.all([...this.lanes.values()].map(({ lane }) => lane.close()));
    this.lanes.clear();
  }

  private async openPool(name: string, adapterPath?: string): Promise<SequencePool> {
    if (adapterPath !== undefined) await this.evict(name);
    const { parallel, contextSize, batchSize, threads } = this.options;
    return SequencePool.create(this.model, {
      sequences: parallel,
      contextSize,
      batchSize: Math.max(batchSize + parallel, 512),
      threads,
      adapterPath,
    });
  }

  /** Makes room for one more adapter context by dropping the idle ones used longest ago; busy ones stay. */
  private async evict(opening: string): Promise<void> {
    const open = [...this.lanes]
      .filter(([name, { lane, adapterPath }]) => name !== opening && adapterPath !== undefined && lane.open)
      .map(([, { lane }]) => lane)
      .toSorted((a, b) => a.lastUsed - b.lastUsed);
    let surplus = open.length - this.options.adapterContexts + 1;
    for (const lane of open) {
      if (surplus <= 0) return;
      if (lane.inFlight > 0) continue;
      await lane.release();
      surplus -= 1;
    }
  }

  /** Compares the processor time since the last step of any lane with the time that passed. */
  private measure(): void {
    const { at, cpu } = this.last;
    this.last = now();
    this.model.llama.maxThreads = this.governor.observe({
      wallMs: this.last.at - at,
      cpuMs: this.last.cpu - cpu,
    });
  }

  private touch(lane: Lane): void {
    this.uses += 1;
    lane.lastUsed = this.uses;
  }

  private sum(of: (lane: Lane) => number): number {
    let total = 0;
    for (const { lane } of this.lanes.values()) total += of(lane);
    return total;
  }
}

/** Milliseconds of the clock and of this process's processor time. */
function now(): { at: number; cpu: number } {
  const { user, system } = process.cpuUsage();
  return { at: performance.now(), cpu: (user + system) / 1000 };
}
