import { setTimeout as delay } from 'node:timers/promises';

/** Closed: calls pass. Open: none does. Half-open: one probe is under way. */
export type CircuitState = 'closed' | 'open' | 'half-open';

/** What became of an attempt: the endpoint did its part, it did not, or nothing can be said (cancelled, cut short by its caller). */
export type Verdict = 'success' | 'failure' | 'none';

export interface CircuitBreakerOptions {
  /** Attempts that are looked back on, at least 1. */
  window: number;
  /** Failures among them that open the circuit, 1 to `window`; 0: it never opens. */
  failures: number;
  /** Upper bound of the first cool-down, milliseconds; doubles with every probe that fails. */
  coolDownMs: number;
  /** Upper bound of any cool-down, milliseconds. */
  maxCoolDownMs: number;
}

export const defaultCircuit: CircuitBreakerOptions = {
  window: 20,
  failures: 18,
  coolDownMs: 1000,
  maxCoolDownMs: 30_000,
};

/** An attempt that may be made; its end must be told, once. */
export interface Permit {
  settle(verdict: Verdict): void;
}

/** How long a call may wait for the circuit to close. */
export interface Patience {
  signal?: AbortSignal | undefined;
  /** On the clock of `now`; Infinity: for ever. */
  until: number;
}

/** The circuit stays open longer than the caller can wait. */
export class CircuitOpen extends Error {
  override name = 'CircuitOpen';
  /** @param opensIn milliseconds until the next probe may be sent; 0: one is under way */
  constructor(readonly opensIn: number) {
    super(`the circuit is open for ${Math.ceil(opensIn)} ms more`);
  }
}

/** Settings for tests. */
interface Surroundings {
  /** A monotonic clock, milliseconds. */
  now?: () => number;
  /** In [0, 1). */
  random?: () => number;
  onChange?: (state: CircuitState, opensIn: number) => void;
}

/**
 * The circuit breaker of one endpoint (Nygard, "Release It!"; Fowler, https://martinfowler.com/bliki/CircuitBreaker.html). It opens when of the last
 * `window` finished attempts at least `failures` failed by the endpoint's fault. After a cool-down one attempt is let through as a probe: its success
 * closes the circuit, its failure opens it again for twice as long, up to the cap. Cool-downs are drawn from the upper half of their bound, so that
 * several processes do not probe together. Calls that come meanwhile wait. Verdicts of attempts that began before the last change are ignored:
 * they say how the endpoint was.
 */
export class CircuitBreaker {
  readonly #options: CircuitBreakerOptions;
  readonly #now: () => number;
  readonly #random: () => number;
  readonly #onChange: (state: CircuitState, opensIn: number) => void;
  #state: CircuitState = 'closed';
  /** Counts changes; a permit of an older period has no say. */
  #period = 0;
  #outcomes: boolean[] = [];
  #trips = 0;
  #openUntil = 0;
  #changed = Promise.withResolvers<void>();

  constructor(options: CircuitBreakerOptions, { now, random, onChange }: Surroundings = {}) {
    this.#options = options;
    this.#now = now ?? (() => performance.now());
    this.#random = random ?? Math.random;
    this.#onChange = onChange ?? (() => undefined);
  }

  get state(): CircuitState {
    return this.#state;
  }

  /** @throws CircuitOpen when no probe can be sent before the time */
  check(until: number): void {
    if (this.#state === 'open' && this.#openUntil >= until)
      throw new CircuitOpen(Math.max(0, this.#openUntil - this.#now()));
  }

  /**
   * Waits until an attempt may be made: at once while the circuit is closed, else for the end of the cool-down or for the probe that is under way.
   * @throws CircuitOpen as soon as it is known that the caller's time does not suffice; an AbortError when its signal is aborted
   */
  async admit({ signal, until }: Patience): Promise<Permit> {
    for (;;) {
      signal?.throwIfAborted();
      this.check(until);
      if (this.#state === 'closed') return this.#permit();
      if (this.#state === 'open' && this.#openUntil <= this.#now()) {
        this.#enter('half-open');
        return this.#permit();
      }
      await this.#change(signal, this.#state === 'open' ? this.#openUntil : until);
      if (this.#state === 'half-open' && this.#now() >= until) throw new CircuitOpen(0);
    }
  }

  /** Resolves at the next change of state, or at the time. */
  async #change(signal: AbortSignal | undefined, until: number): Promise<void> {
    const timer = new AbortController();
    const stop = (): void => timer.abort(signal?.reason);
    signal?.addEventListener('abort', stop, { once: true });
    const waits: Promise<void>[] = [this.#changed.promise];
    // A wait without an end still listens to the signal; 2^31 - 1 ms is what a timer can hold.
    const ms = Math.min(2 ** 31 - 1, Math.max(1, Math.ceil(until - this.#now())));
    waits.push(delay(ms, undefined, { signal: timer.signal }));
    try {
      await Promise.race(waits);
    } finally {
      signal?.removeEventListener('abort', stop);
      timer.abort();
      waits[1]?.catch(() => undefined);
    }
  }

  #permit(): Permit {
    const period = this.#period;
    let settled = false;
    return {
      settle: (verdict) => {
        if (settled) return;
        settled = true;
        if (period === this.#period) this.#settle(verdict);
      },
    };
  }

  #settle(verdict: Verdict): void {
    if (this.#state === 'half-open') {
      if (verdict === 'success') this.#close();
      else if (verdict === 'failure') this.#open();
      // A probe that says nothing gives its place to the next call, at once.
      else this.#enter('open');
      return;
    }
    if (verdict === 'none') return;
    const { window, failures } = this.#options;
    this.#outcomes.push(verdict === 'failure');
    if (this.#outcomes.length > window) this.#outcomes.shift();
    if (failures > 0 && this.#outcomes.filter(Boolean).length >= failures) this.#open();
  }

  #open(): void {
    const { coolDownMs, maxCoolDownMs } = this.#options;
    const bound = Math.min(maxCoolDownMs, coolDownMs * 2 ** Math.min(this.#trips, 30));
    this.#trips++;
    this.#openUntil = this.#now() + bound * (0.5 + this.#random() / 2);
    this.#enter('open');
  }

  #close(): void {
    this.#trips = 0;
    this.#enter('closed');
  }

  #enter(state: CircuitState): void {
    this.#state = state;
    this.#period++;
    this.#outcomes = [];
    const { resolve } = this.#changed;
    this.#changed = Promise.withResolvers<void>();
    resolve();
    this.#onChange(state, state === 'open' ? Math.max(0, this.#openUntil - this.#now()) : 0);
  }
}
