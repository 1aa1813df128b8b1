import { setTimeout as delay } from 'node:timers/promises';
import { toMessage, type EventPublisher } from '@trprompt/events';
import { RunEvent } from '@trprompt/proto/events/v1/events';
import type { Outbox } from '../domain/outbox.js';

/** Events published at a time. */
const BATCH = 200;
const FIRST_PAUSE_MS = 200;
const LONGEST_PAUSE_MS = 10_000;

/**
 * Publishes the outbox, in order and at least once: an entry is marked after the broker has stored it, so a crash in between publishes it again under
 * the same id. While the broker is away it tries again and again, and runs are not held up.
 */
export class EventRelay {
  readonly #abort = new AbortController();
  #wake: () => void = () => undefined;
  #pending = true;
  #working: Promise<void> | undefined;

  constructor(
    private readonly outbox: Outbox,
    private readonly publisher: EventPublisher,
    private readonly onError: (error: unknown) => void,
    private readonly firstPauseMs = FIRST_PAUSE_MS,
  ) {}

  /** Begins with what earlier processes have left. */
  start(): void {
    this.#working ??= this.#work();
  }

  /** There may be something new. */
  notify(): void {
    this.#pending = true;
    this.#wake();
  }

  /** Ends after the batch that is being published; the rest is published after the next start. */
  async stop(): Promise<void> {
    this.#abort.abort();
    this.#wake();
    await this.#working;
    await this.publisher.close();
  }

  async #work(): Promise<void> {
    const { signal } = this.#abort;
    let pauseMs = this.firstPauseMs;
    while (!signal.aborted) {
      try {
        this.#pending = false;
        while (!signal.aborted && (await this.#publishBatch())) pauseMs = this.firstPauseMs;
        if (!this.#pending && !signal.aborted) await new Promise<void>((resolve) => (this.#wake = resolve));
      } catch (error) {
        this.onError(error);
        await delay(pauseMs, undefined, { signal }).catch(() => undefined);
        pauseMs = Math.min(LONGEST_PAUSE_MS, pauseMs * 2);
      }
    }
  }

  /** Whether there may be more. */
  async #publishBatch(): Promise<boolean> {
    const entries = await this.outbox.unpublished(BATCH);
    if (entries.length === 0) return false;
    await this.publisher.publish(entries.map(({ event }) => toMessage(RunEvent.decode(event))));
    await this.outbox.markPublished(entries);
    return entries.length === BATCH;
  }
}
