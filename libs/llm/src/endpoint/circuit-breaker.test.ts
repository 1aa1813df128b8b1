import { describe, expect, it } from 'vitest';
import {
  CircuitBreaker,
  CircuitOpen,
  type CircuitBreakerOptions,
  type CircuitState,
} from './circuit-breaker.js';

/** A breaker on a clock that the test moves; jitter draws the longest cool-down. */
function breakerOf(options: Partial<CircuitBreakerOptions> = {}) {
  const changes: CircuitState[] = [];
  const clock = { now: 0 };
  const breaker = new CircuitBreaker(
    { window: 20, failures: 18, coolDownMs: 100, maxCoolDownMs: 400, ...options },
    { now: () => clock.now, random: () => 1, onChange: (state) => changes.push(state) },
  );
  const patient = { until: Infinity };
  const attempt = async (verdict: 'success' | 'failure' | 'none'): Promise<void> =>
    (await breaker.admit(patient)).settle(verdict);
  const fail = async (times: number): Promise<void> => {
    for (let index = 0; index < times; index++) await attempt('failure');
  };
  return { breaker, changes, clock, attempt, fail };
}

describe('a circuit breaker', () => {
  it('opens at 18 failures among the last 20 attempts, and not before', async () => {
    const { breaker, attempt, fail } = breakerOf();
    await attempt('success');
    await attempt('success');
    await attempt('success');
    await fail(17);
    expect(breaker.state).toBe('closed');
    // The oldest success leaves the window: 18 of 20.
    await fail(1);
    expect(breaker.state).toBe('open');
  });

  it('opens early when the first 18 attempts fail: more could not change it', async () => {
    const { breaker, fail } = breakerOf();
    await fail(17);
    expect(breaker.state).toBe('closed');
    await fail(1);
    expect(breaker.state).toBe('open');
  });

  it('takes no notice of attempts that say nothing', async () => {
    const { breaker, attempt, fail } = breakerOf();
    await fail(17);
    for (let index = 0; index < 20; index++) await attempt('none');
    expect(breaker.state).toBe('closed');
    await fail(1);
    expect(breaker.state).toBe('open');
  });

  it('never opens when told so', async () => {
    const { breaker, fail } = breakerOf({ failures: 0 });
    await fail(100);
    expect(breaker.state).toBe('closed');
  });

  it('lets one probe through after the cool-down; its success closes it for all who wait', async () => {
    const { breaker, changes, clock, fail } = breakerOf();
    await fail(18);
    const waiting = [breaker.admit({ until: Infinity }), breaker.admit({ until: Infinity })];
    clock.now = 100;
    const probe = await breaker.admit({ until: Infinity });
    expect(breaker.state).toBe('half-open');
    let passed = 0;
    for (const permit of waiting) void permit.then(() => passed++);
    await new Promise((resolve) => setImmediate(resolve));
    expect(passed).toBe(0);
    probe.settle('success');
    await Promise.all(waiting);
    expect(changes).toEqual(['open', 'half-open', 'closed']);
  });

  it('cools down for longer after each probe that fails, up to the cap, and starts over once closed', async () => {
    const { breaker, clock, fail, attempt } = breakerOf();
    const coolDown = (): number => {
      try {
        breaker.check(clock.now);
        return 0;
      } catch (error) {
        if (error instanceof CircuitOpen) return error.opensIn;
        throw error;
      }
    };
    await fail(18);
    const seen: number[] = [];
    for (let probes = 0; probes < 5; probes++) {
      seen.push(coolDown());
      clock.now += coolDown();
      await attempt('failure');
    }
    expect(seen).toEqual([100, 200, 400, 400, 400]);
    clock.now += coolDown();
    await attempt('success');
    await fail(18);
    expect(coolDown()).toBe(100);
  });

  it('draws the cool-down from the upper half of its bound', async () => {
    const breaker = new CircuitBreaker(
      { window: 1, failures: 1, coolDownMs: 100, maxCoolDownMs: 400 },
      { now: () => 0, random: () => 0 },
    );
    (await breaker.admit({ until: Infinity })).settle('failure');
    expect(() => breaker.check(50)).toThrow('open for 50 ms more');
  });

  it('gives the place of a probe that says nothing to the next call', async () => {
    const { breaker, clock, fail } = breakerOf();
    await fail(18);
    clock.now = 100;
    const probe = await breaker.admit({ until: Infinity });
    const next = breaker.admit({ until: Infinity });
    probe.settle('none');
    const second = await next;
    expect(breaker.state).toBe('half-open');
    second.settle('success');
    expect(breaker.state).toBe('closed');
  });

  it('ignores attempts that began before it opened: they say how the endpoint was', async () => {
    const { breaker, clock, fail } = breakerOf();
    const [early, late] = [
      await breaker.admit({ until: Infinity }),
      await breaker.admit({ until: Infinity }),
    ];
    await fail(18);
    early.settle('success');
    expect(breaker.state).toBe('open');
    clock.now = 100;
    await breaker.admit({ until: Infinity });
    late.settle('failure');
    expect(breaker.state).toBe('half-open');
  });

  it('refuses at once whoever cannot wait for the probe, and who waits for one when its time is over', async () => {
    const { breaker, clock, fail } = breakerOf();
    await fail(18);
    await expect(breaker.admit({ until: 99 })).rejects.toThrow(CircuitOpen);
    clock.now = 100;
    await breaker.admit({ until: Infinity });
    const waiting = breaker.admit({ until: 101 });
    clock.now = 101;
    await expect(waiting).rejects.toThrow(CircuitOpen);
  });

  it('stops waiting when its caller does', async () => {
    const { breaker, fail } = breakerOf();
    await fail(18);
    const abort = new AbortController();
    const waiting = breaker.admit({ until: Infinity, signal: abort.signal });
    abort.abort();
    await expect(waiting).rejects.toMatchObject({ name: 'AbortError' });
  });
});
