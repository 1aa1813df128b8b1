import { array, assert, boolean, double, nat, property } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RetryBudget } from './retry-budget.js';

describe('a retry budget', () => {
  it('starts full and earns a part of a retry with each first attempt', () => {
    const budget = new RetryBudget({ ratio: 0.2, burst: 2 });
    expect([budget.take(), budget.take(), budget.take()]).toEqual([true, true, false]);
    for (let calls = 0; calls < 4; calls++) budget.deposit();
    expect(budget.take()).toBe(false);
    budget.deposit();
    expect(budget.take()).toBe(true);
  });

  it('saves no more than its burst', () => {
    const budget = new RetryBudget({ ratio: 1, burst: 3 });
    for (let calls = 0; calls < 100; calls++) budget.deposit();
    expect(budget.tokens).toBe(3);
  });

  it('never allows more retries than burst + ratio * first attempts, at any moment of any sequence', () => {
    assert(
      property(
        double({ min: 0, max: 1, noNaN: true }),
        nat(50),
        array(boolean(), { maxLength: 500 }),
        (ratio, burst, steps) => {
          const budget = new RetryBudget({ ratio, burst });
          let first = 0;
          let retries = 0;
          for (const isFirst of steps) {
            if (isFirst) {
              first++;
              budget.deposit();
            } else if (budget.take()) retries++;
            expect(retries).toBeLessThanOrEqual(burst + ratio * first + 1e-9);
          }
        },
      ),
    );
  });

  it.each([
    [{ ratio: -0.1, burst: 1 }, 'ratio is -0.1'],
    [{ ratio: 2, burst: 1 }, 'ratio is 2'],
    [{ ratio: Number.NaN, burst: 1 }, 'ratio is NaN'],
    [{ ratio: 0.2, burst: 1.5 }, 'burst is 1.5'],
    [{ ratio: 0.2, burst: -1 }, 'burst is -1'],
  ])('refuses %j', (options, message) => {
    expect(() => new RetryBudget(options)).toThrow(message);
  });
});
