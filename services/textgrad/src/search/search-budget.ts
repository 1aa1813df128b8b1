import {
  addUsage,
  Budget,
  noUsage,
  priceOf,
  subtractUsage,
  type Amounts,
  type Hold,
  type LimitName,
  type RolePrice,
  type Usage,
} from '@trprompt/core';

/** Whose calls a search pays for. */
export type SearchRole = 'promptModel' | 'target' | 'judge' | 'editor';

/** What a search may spend; amounts of 0 are no limit. */
export interface SearchLimits {
  limits: Amounts;
  prices: Record<SearchRole, RolePrice>;
}

/** Hears of what calls cost as soon as it is known. */
export type Pay = (role: SearchRole, usage: Usage) => void;

/** What one stream of a search has spent, against what it may spend. */
export class SearchBudget {
  readonly #budget: Budget;
  readonly #prices: SearchLimits['prices'];
  readonly #now: () => number;
  readonly #unreported: Record<SearchRole, Usage> = {
    promptModel: noUsage(),
    target: noUsage(),
    judge: noUsage(),
    editor: noUsage(),
  };
  #since: number;

  /** @param now a monotonic clock, milliseconds */
  constructor({ limits, prices }: SearchLimits, now: () => number = () => performance.now()) {
    this.#budget = new Budget(limits);
    this.#prices = prices;
    this.#now = now;
    this.#since = now();
  }

  /** The limit that forbids to begin work of up to `calls` calls; undefined when none does. */
  blocking(calls: number): LimitName | undefined {
    const now = this.#now();
    this.#budget.add({ seconds: (now - this.#since) / 1000 });
    this.#since = now;
    return this.#budget.blocking(calls);
  }

  /** Begins work of up to `calls` calls. */
  begin(calls: number): Hold & { pay: Pay } {
    const hold = this.#budget.hold(calls);
    const pay: Pay = (role, usage) => {
      hold.paid(usage.calls);
      const tokens = usage.promptTokens + usage.completionTokens;
      this.#budget.add({ calls: usage.calls, tokens, money: priceOf(usage, this.#prices[role]) });
      this.#unreported[role] = addUsage(this.#unreported[role], usage);
    };
    return { ...hold, pay };
  }

  /** This usage is on its way to the caller. */
  reported(role: SearchRole, usage: Usage): void {
    this.#unreported[role] = subtractUsage(this.#unreported[role], usage);
  }

  /** What was paid and is in no event. */
  get unreported(): Readonly<Record<SearchRole, Usage>> {
    return this.#unreported;
  }
}
