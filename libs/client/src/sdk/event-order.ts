import type { RunEvent } from '@trprompt/proto/events/v1/events';

interface RunOrder {
  /** The sequence that comes next; undefined before the first event is given. */
  next: number | undefined;
  /** Events that wait for those before them, by sequence. */
  held: Map<number, RunEvent>;
  timer: NodeJS.Timeout | undefined;
}

/**
 * Puts the events of each run into the order of their sequence. A run's events are in order within a topic, but topics are read side by side, so an event may
 * come before one of another topic that precedes it. It is held until that one is there; once everything that had been published is read (`caughtUp`), at most
 * `patienceMs`: then what is held is given all the same.
 */
export class EventOrder {
  readonly #runs = new Map<string, RunOrder>();
  #caughtUp = false;

  constructor(
    private readonly give: (event: RunEvent) => void,
    private readonly patienceMs: number,
    /** Sequence of the first event of a run, where it is known. Undefined: the first ones that come decide. */
    private readonly first?: number,
  ) {}

  push(event: RunEvent): void {
    const run = this.#runs.get(event.runId) ?? { next: this.first, held: new Map(), timer: undefined };
    this.#runs.set(event.runId, run);
    // Late: those after it could not wait any longer.
    if (run.next !== undefined && event.sequence < run.next) return this.give(event);
    run.held.set(event.sequence, event);
    this.#giveNext(run);
    this.#setTimer(run);
  }

  /** From now on an event that is missing is not waited for without limit. */
  caughtUp(): void {
    this.#caughtUp = true;
    for (const run of this.#runs.values()) this.#setTimer(run);
  }

  /** Gives everything that is held. */
  flush(): void {
    for (const run of this.#runs.values()) this.#giveHeld(run);
  }

  #giveNext(run: RunOrder): void {
    for (;;) {
      const event = run.next === undefined ? undefined : run.held.get(run.next);
      if (!event) return;
      run.held.delete(event.sequence);
      run.next = event.sequence + 1;
      this.give(event);
    }
  }

  #giveHeld(run: RunOrder): void {
    this.#stopTimer(run);
    for (const sequence of [...run.held.keys()].toSorted((a, b) => a - b)) {
      const event = run.held.get(sequence);
      run.held.delete(sequence);
      run.next = sequence + 1;
      if (event) this.give(event);
    }
  }

  #setTimer(run: RunOrder): void {
    if (run.held.size === 0) this.#stopTimer(run);
    else if (this.#caughtUp) run.timer ??= setTimeout(() => this.#giveHeld(run), this.patienceMs);
  }

  #stopTimer(run: RunOrder): void {
    clearTimeout(run.timer);
    run.timer = undefined;
  }
}
