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
      this.loop ??= this.run();
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
    try {
      await nextTurn();
      while (this.inFlight > 0) {
        this.pool ??= await this.openPool();
        this.admit(this.pool);
        await this.prefill();
        const drawing = [...this.active].filter(([generation]) => !generation.prefilling);
        await Promise.all(drawing.map(([generation, ticket]) => this.advance(generation, ticket)));
        this.onStep();
        // Requests that ended the turn before have been answered, and new ones have arrived, before the next step starts.
        await nextTurn();
      }
    } catch (error) {
      for (const ticket of this.waiting.splice(0)) ticket.reject(error);
    } finally {
      // In the same turn in which nothing was left: a request taken after this starts the loop anew.
      this.loop = undefined;
    }
  }

  private admit(pool: SequencePool): void {
    while (pool.available > 0) {
      const ticket = this.waiting.shift();
      if (ticket === undefined) return;
      const slot = pool.acquire(ticket.request.prompt);
      if (slot === undefined) return;
      const generation = new Generation(this.model, slot, ticket.request, this.observer, ticket.onText);
      this.active.set(generation, ticket);
    }
  }

  /** Evaluates prompts, one after the other, until `chunk` tokens are done: the running answers get their turn in between. */
  private async prefill(): Promise<void> {
    let budget = this.chunk;
    for (const [generation, ticket] of [...this.active]) {
      // With less than 3, a part of one token could be left over.
      while (budget >= 3 && this.active.has(generation) && generation.prefilling) {
        const left: number = budget;
        await this.guard(generation, ticket, async () => {
          budget = left - (await generation.prefill(left));
        });
      }
    }
  }

  private async advance(generation: Generation, ticket: Ticket): Promise<void> {
    await this.guard(generation, ticket, async () => {
      const result = await generation.step();
      if (result === undefined) return;
      await this.retire(generation);
      ticket.resolve(result);
    });
  }

  /** Ends the generation when its client is gone, the engine stops or `work` fails. */
  private async guard(generation: Generation, ticket: Ticket, work: () => Promise<void>): Promise<void> {
    try {
      ticket.signal.throwIfAborted();
      if (this.abandoned) throw this.abandoned;
      await work();
    } catch (error) {
      await this.retire(generation);
      ticket.reject(error);
    }
  }

  private async retire(generation: Generation): Promise<void> {
    await generation.end();
    this.active.delete(generation);
    this.pool?.release(generation.slot);
  }

  private withdraw(): void {
    for (const ticket of this.waiting.filter(({ signal }) => signal.aborted)) {
      this.waiting.splice(this.waiting.indexOf(ticket), 1);
      ticket.reject(ticket.signal.reason);
    }
  }
}
