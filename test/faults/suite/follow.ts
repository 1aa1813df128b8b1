import { setTimeout as delay } from 'node:timers/promises';
import { RpcError, type Client } from '@trprompt/grpc';
import type { CoordinatorServiceService } from '@trprompt/proto/coordinator/v1/coordinator';
import type { RunEvent } from '@trprompt/proto/events/v1/events';

export type CoordinatorClient = Client<typeof CoordinatorServiceService>;

const RETRY_MS = 100;

/** Follows a run to its end, over coordinators that go away and come back. */
export class Follower {
  /** What was seen, in order of arrival. */
  readonly events: RunEvent[] = [];
  /** Settles when the run has ended, or when following is not possible any more. */
  readonly ended: Promise<RunEvent[]>;
  readonly #over = new AbortController();
  #listeners = new Set<(event: RunEvent) => void>();

  constructor(
    private readonly client: CoordinatorClient,
    private readonly runId: string,
    patienceMs = 180_000,
  ) {
    this.ended = this.#follow(Date.now() + patienceMs).finally(() =>
      this.#over.abort(new Error('the run has ended before this point was reached')),
    );
    this.ended.catch(() => undefined);
  }

  /** Aborted when the run has ended: nothing more will come. */
  get over(): AbortSignal {
    return this.#over.signal;
  }

  /** The first event that satisfies the condition. @throws when the run ends without one */
  until(holds: (event: RunEvent) => boolean): Promise<RunEvent> {
    const seen = this.events.find(holds);
    if (seen) return Promise.resolve(seen);
    if (this.over.aborted) return Promise.reject(this.over.reason as Error);
    return new Promise((resolve, reject) => {
      const listener = (event: RunEvent): void => {
        if (!holds(event)) return;
        this.#listeners.delete(listener);
        resolve(event);
      };
      this.#listeners.add(listener);
      this.over.addEventListener('abort', () => reject(this.over.reason as Error), { once: true });
    });
  }

  async #follow(deadline: number): Promise<RunEvent[]> {
    const { runId } = this;
    for (;;) {
      try {
        const afterSequence = this.events.at(-1)?.sequence ?? 0;
        const deadlineMs = deadline - Date.now();
        for await (const { update } of this.client.watchRun({ runId, afterSequence }, { deadlineMs }))
          if (update?.$case === 'event') this.#see(update.value);
      } catch (error) {
        if (!(error instanceof RpcError)) throw error;
        if (Date.now() >= deadline) throw new Error(`the run did not end: ${this.last()}`, { cause: error });
      }
      if (this.events.at(-1)?.payload?.$case === 'runEnded') return this.events;
      await delay(RETRY_MS);
    }
  }

  #see(event: RunEvent): void {
    this.events.push(event);
    for (const listener of this.#listeners) listener(event);
  }

  /** Where the run was last seen, for messages. */
  last(): string {
    const event = this.events.at(-1);
    return event ? `its last event is ${event.sequence}, ${event.payload?.$case}` : 'it has no event';
  }
}

/** Waits for a promise, but not beyond the end of what is followed. */
export function whileFollowed<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const abort = (): void => reject(signal.reason as Error);
    if (signal.aborted) return abort();
    signal.addEventListener('abort', abort, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
  });
}
