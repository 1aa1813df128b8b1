import { addUsage, noUsage, RetryBudget, type RetryBudgetOptions } from '@trprompt/core';
import { ChatError } from '../chat/chat-error.js';
import type { ChatCompletion } from '../chat/chat-model.js';
import { defaultRetryPolicy, retryDelayMs, type RetryPolicy } from '../retry/retry-delay.js';
import { sleep } from '../retry/sleep.js';
import {
  CircuitBreaker,
  CircuitOpen,
  defaultCircuit,
  type CircuitBreakerOptions,
  type Permit,
  type Verdict,
} from './circuit-breaker.js';
import { NoObserver, type EndpointObserver } from './endpoint-observer.js';

/** How an endpoint's faults are met. */
export interface EndpointOptions {
  /** Milliseconds that one attempt may take. */
  timeoutMs: number;
  retry?: Partial<RetryPolicy> | undefined;
  budget?: Partial<RetryBudgetOptions> | undefined;
  circuit?: Partial<CircuitBreakerOptions> | undefined;
  /** Longest wait of one call for an open circuit, milliseconds; its deadline bounds it too. Default: ten minutes. */
  outageMs?: number | undefined;
  observer?: EndpointObserver | undefined;
  /** Source of all jitter, in [0, 1). Default Math.random. */
  random?: (() => number) | undefined;
}

/** A call, as this class sees it. */
export interface EndpointCall {
  /** Endpoint and model, for messages. */
  where: string;
  signal?: AbortSignal | undefined;
  /** On the clock of performance.now(); Infinity: none. */
  deadlineAt: number;
  /** Makes one HTTP request. Throws ChatError. */
  attempt: (timeoutMs: number) => Promise<ChatCompletion>;
}

export const defaultRetryBudget: RetryBudgetOptions = { ratio: 0.2, burst: 20 };
const OUTAGE_MS = 600_000;

/** Everything that calls of one endpoint share when it fails: retry budget and circuit breaker. */
export class Endpoint {
  readonly #timeoutMs: number;
  readonly #retry: RetryPolicy;
  readonly #budget: RetryBudget;
  readonly #breaker: CircuitBreaker;
  readonly #outageMs: number;
  readonly #observer: EndpointObserver;
  readonly #random: () => number;
  #lastFailure = '';

  /** @param name its address, as metrics and the log name it */
  constructor(
    readonly name: string,
    options: EndpointOptions,
  ) {
    this.#timeoutMs = options.timeoutMs;
    this.#retry = { ...defaultRetryPolicy, ...options.retry };
    this.#budget = new RetryBudget({ ...defaultRetryBudget, ...options.budget });
    this.#outageMs = options.outageMs ?? OUTAGE_MS;
    this.#observer = options.observer ?? new NoObserver();
    this.#random = options.random ?? Math.random;
    this.#breaker = new CircuitBreaker(
      { ...defaultCircuit, ...options.circuit },
      {
        random: this.#random,
        onChange: (state, opensIn) =>
          this.#observer.circuitChanged(name, state, state === 'open' ? this.#lastFailure : '', opensIn),
      },
    );
  }

  /** @throws ChatError UNAVAILABLE when the circuit is open until after the deadline */
  check({ where, deadlineAt }: Pick<EndpointCall, 'where' | 'deadlineAt'>): void {
    try {
      this.#breaker.check(Math.min(deadlineAt, performance.now() + this.#outageMs));
    } catch (error) {
      throw this.#circuitOpen(error, where);
    }
  }

  /**
   * Attempts until one succeeds, cannot, or nothing is left to try with: attempts, time or retry budget. While the circuit is open it waits, which
   * costs no attempt.
   * @throws ChatError with the usage of all attempts
   */
  async call(call: EndpointCall): Promise<ChatCompletion> {
    const { signal, deadlineAt } = call;
    let spent = noUsage();
    for (let failures = 1; ; failures++) {
      try {
        const completion = await this.#once(call, failures === 1);
        return spent.calls === 0 ? completion : { ...completion, usage: addUsage(spent, completion.usage) };
      } catch (error) {
        if (!(error instanceof ChatError)) throw error;
        spent = addUsage(spent, error.usage);
        if (!error.retryable || error.outage) throw error.withUsage(spent);
        const delayMs = retryDelayMs(this.#retry, failures, this.#random(), error.retryAfterMs);
        if (delayMs === undefined) throw error.withUsage(spent);
        if (performance.now() + delayMs >= deadlineAt)
          throw error.withUsage(spent, ' (no time is left for a retry before the deadline)');
        const allowed = this.#budget.take();
        this.#observer.retried(this.name, allowed);
        if (!allowed) throw error.withUsage(spent, ' (not tried again: retry budget spent)');
        await sleep(delayMs, signal).catch((cause: unknown) => {
          throw new ChatError('CANCELLED', `the call to ${call.where} was cancelled`, {
            usage: spent,
            cause,
          });
        });
      }
    }
  }

  async #once(call: EndpointCall, isFirst: boolean): Promise<ChatCompletion> {
    const { where, deadlineAt } = call;
    const permit = await this.#admit(call);
    let verdict: Verdict = 'none';
    try {
      const timeoutMs = Math.floor(Math.min(this.#timeoutMs, deadlineAt - performance.now()));
      if (timeoutMs < 1)
        throw new ChatError('TIMEOUT', `no time was left to call ${where}: raise the deadline`);
      if (isFirst) this.#budget.deposit();
      try {
        const completion = await call.attempt(timeoutMs);
        verdict = 'success';
        this.#observer.attempted(this.name, 'OK');
        return completion;
      } catch (error) {
        if (!(error instanceof ChatError)) throw error;
        verdict = verdictOf(error, timeoutMs === Math.floor(this.#timeoutMs));
        if (verdict === 'failure') this.#lastFailure = error.message;
        this.#observer.attempted(this.name, error.code);
        throw error;
      }
    } finally {
      permit.settle(verdict);
    }
  }

  async #admit({ where, signal, deadlineAt }: EndpointCall): Promise<Permit> {
    try {
      const until = Math.min(deadlineAt, performance.now() + this.#outageMs);
      return await this.#breaker.admit({ signal, until });
    } catch (error) {
      if (signal?.aborted)
        throw new ChatError('CANCELLED', `the call to ${where} was cancelled`, { cause: error });
      throw this.#circuitOpen(error, where);
    }
  }

  #circuitOpen(error: unknown, where: string): unknown {
    if (!(error instanceof CircuitOpen)) return error;
    const until =
      error.opensIn > 0
        ? `open until ${new Date(Date.now() + error.opensIn).toISOString()}`
        : 'open while a probe is under way';
    return new ChatError(
      'UNAVAILABLE',
      `the circuit of ${where} is ${until}, longer than this call can wait; it opened because ${this.#lastFailure}`,
      { outage: true },
    );
  }
}

/** Whether an attempt speaks for or against the endpoint. A timeout that the caller's deadline cut short says nothing. */
function verdictOf({ code }: ChatError, hadFullTime: boolean): Verdict {
  if (code === 'CANCELLED') return 'none';
  if (code === 'TIMEOUT') return hadFullTime ? 'failure' : 'none';
  return code === 'UNAVAILABLE' || code === 'RATE_LIMITED' ? 'failure' : 'success';
}
