import type { RunConfig } from '@trprompt/core';
import { LimitReached } from './failures.js';
import { addUsage, noUsage, type PhaseCost, type StepKey, type Usage } from './model.js';
import type { Change } from './run-store.js';

/**
 * What a run has spent, over all its attempts, against the limits of its configuration. Spending is gathered here as calls return and leaves with
 * the next commit of results, so a limit survives a restart.
 */
export class Spending {
  readonly #limits: RunConfig['limits'];
  readonly #now: () => number;
  #total = noUsage();
  #seconds = 0;
  #pending = noUsage();
  #since: number;

  /** @param now a monotonic clock, milliseconds */
  constructor(limits: RunConfig['limits'], costs: readonly PhaseCost[], now: () => number) {
    this.#limits = limits;
    this.#now = now;
    this.#since = now();
    for (const cost of costs) {
      this.#total = addUsage(this.#total, cost.usage);
      this.#seconds += cost.seconds;
    }
  }

  add(usage: Usage): void {
    this.#total = addUsage(this.#total, usage);
    this.#pending = addUsage(this.#pending, usage);
  }

  /** The spending since the last call, as a change to be committed for this step. */
  take(step: StepKey): Change {
    const now = this.#now();
    const seconds = (now - this.#since) / 1000;
    const usage = this.#pending;
    this.#since = now;
    this.#seconds += seconds;
    this.#pending = noUsage();
    return { kind: 'cost', iteration: step.iteration, phase: step.phase, usage, seconds };
  }

  /** Throws LimitReached when a limit is reached. `before` says what is not done because of it, for instance "12 of 96 questions". */
  check(before: () => string): void {
    const { calls, tokens, seconds } = this.#limits;
    const spentTokens = this.#total.promptTokens + this.#total.completionTokens;
    const spentSeconds = this.#seconds + (this.#now() - this.#since) / 1000;
    if (calls > 0 && this.#total.calls >= calls) this.#stop('calls', calls, this.#total.calls, before());
    if (tokens > 0 && spentTokens >= tokens) this.#stop('tokens', tokens, spentTokens, before());
    if (seconds > 0 && spentSeconds >= seconds)
      this.#stop('seconds', seconds, Math.round(spentSeconds), before());
  }

  #stop(name: string, limit: number, spent: number, before: string): never {
    throw new LimitReached(
      `limits.${name} is ${limit} and ${spent} are spent: stopped before ${before}; everything paid for is kept`,
    );
  }
}
