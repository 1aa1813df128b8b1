/** How many retries are allowed for each first attempt. */
export interface RetryBudgetOptions {
  /** Retries that one first attempt earns, 0 to 1. */
  ratio: number;
  /** Retries that may be saved up, a whole number of 0 or more; the budget starts full. */
  burst: number;
}

/** Tokens are counted in thousandths, so that sums of ratios are exact. */
const UNIT = 1000;

/**
 * A token bucket for retries: each first attempt deposits `ratio` tokens, each retry takes one, at most `burst` tokens are kept. So for any
 * sequence of calls: retries <= burst + ratio * first attempts, however often calls fail, and retries cannot multiply the load on an endpoint that
 * is already in trouble. (Finagle's RetryBudget, https://twitter.github.io/finagle/guide/Clients.html#retry-budget; gRPC's retry throttling, proposal
 * A6, is the same idea with deposits for successes.)
 */
export class RetryBudget {
  readonly #deposit: number;
  readonly #most: number;
  #tokens: number;

  /** @throws RangeError when an option is out of range */
  constructor({ ratio, burst }: RetryBudgetOptions) {
    if (!(ratio >= 0 && ratio <= 1)) throw new RangeError(`ratio is ${ratio}: use 0 to 1`);
    if (!Number.isInteger(burst) || burst < 0)
      throw new RangeError(`burst is ${burst}: use a whole number of 0 or more`);
    this.#deposit = Math.floor(ratio * UNIT);
    this.#most = burst * UNIT;
    this.#tokens = this.#most;
  }

  /** Retries that are allowed now. */
  get tokens(): number {
    return this.#tokens / UNIT;
  }

  /** A first attempt is made. */
  deposit(): void {
    this.#tokens = Math.min(this.#most, this.#tokens + this.#deposit);
  }

  /** Takes the token of one retry. False: there is none, so the failure stands. */
  take(): boolean {
    if (this.#tokens < UNIT) return false;
    this.#tokens -= UNIT;
    return true;
  }
}
