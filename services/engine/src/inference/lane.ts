import { setImmediate as nextTurn } from 'node:timers/promises';
import {
  Generation,
  type GenerationObserver,
  type GenerationRequest,
  type GenerationResult,
} from './generation.js';
import type { LanguageModel } from './language-model.js';
import type { SequencePool } from './sequence-pool.js';

interface Ticket {
  request: GenerationRequest;
  signal: AbortSignal;
  onText?: (text: string) => void;
  resolve(result: GenerationResult): void;
  reject(error: unknown): void;
}

/**
 * The requests of one served model. Waiting ones take sequences as they become free; running ones advance in step, so every
 * evaluation holds all of them (continuous batching): left to run free they drift apart into smaller batches.
 */
export class Lane {
  private pool: SequencePool | undefined;
  private readonly waiting: Ticket[] = [];
  private readonly active = new Map<Generation, Ticket>();
  private loop: Promise<void> | undefined;
  private abandoned: Error | undefined;
  /** Order of last use, for eviction. */
  lastUsed = 0;

  constructor(
    private readonly model: LanguageModel,
    private readonly openPool: () => Promise<SequencePool>,
    private readonly parallel: number,
    private readonly chunk: number,
    private readonly observer: GenerationObserver,
    /** Called after every step. */
    private readonly onStep: () => void,
  ) {}

  get running(): number {
    return this.active.size;
  }

  /** Requests taken and not answered. */
  get inFlight(): number {
    return this.active.size + this.waiting.length;
  }

  /** Requests for which there is no sequence. */
  get backlog(): number {
    return Math.max(0, this.inFlight - this.parallel);
  }

  /** Whether the context is in memory. */
  get open(): boolean {
    return this.pool !== undefined;
  }

  /** Creates the context now instead of with the first request. */
  async warm(): Promise<void> {
    this.pool ??= await this.openPool();
  }

  /** @throws the signal's reason when it aborts first, and what creating the context throws. */
  submit(
    request: GenerationRequest,
    signal: AbortSignal,
    onText?: (text: string) => void,
  ): Promise<GenerationResult> {
    return new Promise((resolve, reject) => {
      this.waiting.push({ request, signal, onText, resolve, reject });
      signal.addEventListener('abort', () => this.withdraw(), { once: true });
      this.loop ??= this.run().finally(() => (this.loop = undefined));
    });
  }

  /** Resolves when nothing runs and nothing waits. */
  async settled(): Promise<void> {
    await this.loop;
  }

  /** Rejects what waits now and what runs after its current step. */
  abandon(reason: Error): void {
    this.abandoned = reason;
    for (const ticket of this.waiting.splice(0)) ticket.reject(reason);
  }

  /** Frees the context once nothing runs; requests taken before are answered. */
  async close(): Promise<void> {
    await this.loop;
    await this.pool?.dispose();
    this.pool = undefined;
  }

  /** Drops the context of an idle lane; the next request makes a new one. */
  async release(): Promise<void> {
    if (this.loop !== undefined) return;
    const pool = this.pool;
    this.pool = undefined;
    await pool?.dispose();
  }

  private async run(): Promise<void> {
    await nextTurn();
    while (this.waiting.length > 0 || this.active.size > 0) {
      try {
        this.pool ??= await this.openPool();
      } catch (error) {
        for (const ticket of this.waiting.splice(0)) ticket.reject(error);
        return;
      }
      this.admit(this.pool);
      await Promise.all([...this.active].map(([generation, ticket]) => this.advance(generation, ticket)));
      this.onStep();
      // Requests that ended the turn before have been answered, and new ones have arrived, before the next step starts.
      await nextTurn();
    }
  }

  private admit(pool: SequencePool): void {
    while (pool.available > 0) {
      const ticket = this.waiting.shift();
      if (ticket === undefined) return;
      const sequence = pool.acquire(ticket.request.prompt);
      if (sequence === undefined) return;
      const generation = new Generation(this.model, sequence, ticket.request, this.observer, ticket.onText);
      this.active.set(generation, ticket);
    }
  }

  private async advance(generation: Generation, ticket: Ticket): Promise<void> {
    try {
      ticket.signal.throwIfAborted();
      if (this.abandoned) throw this.abandoned;
      const result = await generation.step(this.chunk);
      if (result === undefined) return;
      await this.retire(generation);
      ticket.resolve(result);
    } catch (error) {
      await this.retire(generation);
      ticket.reject(error);
    }
  }

  private async retire(generation: Generation): Promise<void> {
    await generation.end();
    this.active.delete(generation);
    this.pool?.release(generation.sequence);
  }

  private withdraw(): void {
    for (const ticket of this.waiting.filter(({ signal }) => signal.aborted)) {
      this.waiting.splice(this.waiting.indexOf(ticket), 1);
      ticket.reject(ticket.signal.reason);
    }
  }
}
