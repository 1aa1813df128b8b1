import { setTimeout as delay } from 'node:timers/promises';
import { toMessage, type EventPublisher } from '@trprompt/events';
import { RunEvent } from '@trprompt/proto/events/v1/events';
import type { Outbox } from '../domain/outbox.js';

/** Events published at a time. */
const BATCH = 200;
const FIRST_PAUSE_MS = 200;
const LONGEST_PAUSE_MS = 10_000;
/** How often the outbox is read without being told of anything new. */
const LOOK_MS = 500;

/**
 * Publishes the outbox, in order and at least once: an entry is marked after the broker has stored it, so a crash in between publishes it again under
 * the same id. While the broker is away it tries again and again, and runs are not held up.
 *
 * Of several coordinators one leads. That two lead for a moment does no harm: each reads what is not marked, and what is marked has been stored, so the
 * first copy of every event is in order and the others are duplicates.
 */
export class EventRelay {
  readonly #abort = new AbortController();
  #wake: () => void = () => undefined;
  #pending = true;
  #working: Promise<void> | undefined;
  #leading = false;

  constructor(
    private readonly outbox: Outbox,
    private readonly publisher: EventPublisher,
    private readonly onError: (error: unknown) => void,
    private readonly firstPauseMs = FIRST_PAUSE_MS,
  ) {}

  /** Begins, with what others have left, or pauses after the batch that is being published. */
  lead(leading: boolean): void {
    this.#leading = leading;
    if (leading) this.#working ??= this.#work();
    this.#wake();
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
    await Promise.all([this.#working, this.publisher.close()]);
  }

  async #work(): Promise<void> {
    const { signal } = this.#abort;
    let pauseMs = this.firstPauseMs;
    while (!signal.aborted) {
      try {
        this.#pending = false;
        while (this.#leading && !signal.aborted && (await this.#publishBatch())) pauseMs = this.firstPauseMs;
        pauseMs = this.firstPauseMs;
        if (!this.#pending && !signal.aborted) await this.#news();
      } catch (error) {
        if (!signal.aborted) this.onError(error);
        await delay(pauseMs, undefined, { signal }).catch(() => undefined);
        pauseMs = Math.min(LONGEST_PAUSE_MS, pauseMs * 2);
      }
    }
  }

  /** Settles when there may be something new: other coordinators commit events too, and tell nobody. */
  async #news(): Promise<void> {
    const timer = setTimeout(() => this.#wake(), LOOK_MS);
    await new Promise<void>((resolve) => (this.#wake = resolve));
    clearTimeout(timer);
  }

  /** Whether there may be more. */
  async #publishBatch(): Promise<boolean> {
    await this.publisher.prepare();
    const entries = await this.outbox.unpublished(BATCH);
    if (entries.length === 0) return false;
    await this.publisher.publish(entries.map(({ event }) => toMessage(RunEvent.decode(event))));
    await this.outbox.markPublished(entries);
    return entries.length === BATCH;
  }
}
