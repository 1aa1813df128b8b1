/** What is limited: model calls, tokens (prompt and completion together), money, working time. */
export interface Amounts {
  calls: number;
  tokens: number;
  /** In the currency of the price table. */
  money: number;
  seconds: number;
}

export type LimitName = keyof Amounts;

export function noAmounts(): Amounts {
  return { calls: 0, tokens: 0, money: 0, seconds: 0 };
}

/** Calls that are set aside for work that has begun. */
export interface Hold {
  /** These calls were made: they are spent now and no longer set aside. */
  paid: (calls: number) => void;
  /** The work has ended; what it did not need is free again. */
  release: () => void;
}

/**
 * What is spent against limits. Calls are known beforehand, so work reserves them before it begins (`hold`): with a limit of N calls the work
 * that is let begin makes at most N first attempts, and only retries can go past N. Tokens, money and time are known afterwards, so work that
 * has begun may go past their limits, and no other begins.
 */
export class Budget {
  readonly #limits: Amounts;
  readonly #spent: Amounts;
  #held = 0;

  /** @param limits 0 is no limit */
  constructor(limits: Amounts, spent: Amounts = noAmounts()) {
    this.#limits = { ...limits };
    this.#spent = { ...spent };
  }

  get spent(): Readonly<Amounts> {
    return this.#spent;
  }

  add(amounts: Partial<Amounts>): void {
    for (const name of names) this.#spent[name] += amounts[name] ?? 0;
  }

  /** The limit that forbids work of up to `calls` calls; undefined when none does. */
  blocking(calls: number): LimitName | undefined {
    const { calls: most } = this.#limits;
    if (calls > 0 && most > 0 && this.#spent.calls + this.#held + calls > most) return 'calls';
    return (['tokens', 'money', 'seconds'] as const).find((name) => this.reached(name));
  }

  /** Whether a limit is reached. */
  reached(name: LimitName): boolean {
    return this.#limits[name] > 0 && this.#spent[name] >= this.#limits[name];
  }

  /** Sets calls aside for work that begins. */
  hold(calls: number): Hold {
    let held = calls;
    const free = (amount: number): void => {
      held -= amount;
      this.#held -= amount;
    };
    this.#held += calls;
    return { paid: (made) => free(Math.min(held, made)), release: () => free(held) };
  }

  /** What is left of each limit, for work that is done elsewhere: above 0; 0 where there is no limit. None of them may be reached. */
  left(): Amounts {
    const left = noAmounts();
    for (const name of names) if (this.#limits[name] > 0) left[name] = this.#limits[name] - this.#spent[name];
    left.calls -= this.#limits.calls > 0 ? this.#held : 0;
    return left;
  }
}

const names: readonly LimitName[] = ['calls', 'tokens', 'money', 'seconds'];
