import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseRunConfig } from '../config/index.js';
import { Budget, noAmounts } from './budget.js';
import { priceOf } from './price.js';

const limit = (changes: Partial<ReturnType<typeof noAmounts>>) => ({ ...noAmounts(), ...changes });

describe('a budget', () => {
  it('lets nothing begin that could make more calls than the limit', () => {
    const budget = new Budget(limit({ calls: 5 }));
    const first = budget.hold(2);
    const second = budget.hold(2);
    expect(budget.blocking(1)).toBeUndefined();
    expect(budget.blocking(2)).toBe('calls');
    first.paid(2);
    budget.add({ calls: 2 });
    expect(budget.blocking(2)).toBe('calls');
    budget.add({ calls: 1 });
    second.paid(1);
    second.release();
    expect(budget.blocking(2)).toBeUndefined();
    expect(budget.left().calls).toBe(2);
  });

  it.each(['tokens', 'money', 'seconds'] as const)('stops at a limit of %s once it is reached', (name) => {
    const budget = new Budget(limit({ [name]: 3 }), limit({ [name]: 2 }));
    expect(budget.blocking(1)).toBeUndefined();
    expect(budget.left()[name]).toBe(1);
    budget.add({ [name]: 1 });
    expect(budget.blocking(1)).toBe(name);
    expect(budget.blocking(0)).toBe(name);
  });

  it('without limits forbids nothing', () => {
    const budget = new Budget(noAmounts(), { calls: 1e9, tokens: 1e9, money: 1e9, seconds: 1e9 });
    expect(budget.blocking(1e6)).toBeUndefined();
    expect(budget.left()).toEqual(noAmounts());
  });

  it('never makes more first attempts than the limit, however many retries come between', () => {
    const work = fc.record({
      stages: fc.integer({ min: 1, max: 3 }),
      retries: fc.integer({ min: 0, max: 4 }),
    });
    fc.assert(
      fc.property(
        fc.array(work),
        fc.integer({ min: 1, max: 40 }),
        fc.integer({ min: 1, max: 5 }),
        (all, most, width) => {
          const budget = new Budget(limit({ calls: most }));
          const flying: { stages: number; retries: number; hold: ReturnType<Budget['hold']> }[] = [];
          let attempts = 0;
          const turn = (): void => {
            for (const item of [...flying]) {
              if (item.stages === 0) {
                item.hold.release();
                flying.splice(flying.indexOf(item), 1);
                continue;
              }
              attempts += 1;
              item.stages -= 1;
              budget.add({ calls: 1 + item.retries });
              item.hold.paid(1 + item.retries);
            }
          };
          for (const { stages, retries } of all) {
            while (flying.length >= width) turn();
            if (budget.blocking(stages)) break;
            flying.push({ stages, retries, hold: budget.hold(stages) });
          }
          while (flying.length > 0) turn();
          expect(attempts).toBeLessThanOrEqual(most);
        },
      ),
    );
  });
});

describe('the price of usage', () => {
  const usage = { calls: 2, promptTokens: 1_000_000, completionTokens: 500_000, cachedPromptTokens: 400_000 };

  it('adds fresh, cached and generated tokens and calls up', () => {
    const price = { prompt: 1, cachedPrompt: 0.5, completion: 4, call: 0.01 };
    expect(priceOf(usage, price)).toBeCloseTo(0.6 + 0.2 + 2 + 0.02);
  });

  it('takes cached tokens for prompt tokens when they have no price of their own', () => {
    expect(priceOf(usage, { prompt: 1, cachedPrompt: null, completion: 0, call: 0 })).toBe(1);
    expect(priceOf(usage, { prompt: 1, cachedPrompt: 0, completion: 0, call: 0 })).toBeCloseTo(0.6);
  });
});

describe('limits.money', () => {
  const problemsOf = (config: object) => {
    const parsed = parseRunConfig({ name: 'a', ...config });
    return parsed.ok ? [] : parsed.problems;
  };

  it('needs a price somewhere', () => {
    expect(problemsOf({ limits: { money: 5 } })).toMatchObject([
      { path: 'limits.money', message: expect.stringContaining('nothing has a price: fill in prices') },
    ]);
    expect(problemsOf({ limits: { money: 5 }, prices: { training: { hour: 2 } } })).toEqual([]);
    expect(problemsOf({ limits: { money: 5 }, prices: { editor: { cachedPrompt: 1 } } })).toEqual([]);
  });

  it('and prices are checked', () => {
    expect(problemsOf({ prices: { target: { prompt: -1 }, critc: {} } }).map(({ path }) => path)).toEqual([
      'prices.target.prompt',
      'prices.critc',
    ]);
  });
});
