import { describe, expect, it } from 'vitest';
import { ThreadGovernor } from './thread-governor.js';

/** Lets the governor see `ms` of computing in which the process gets `cores` cores at most. */
function compute(governor: ThreadGovernor, ms: number, cores: number): void {
  for (let passed = 0; passed < ms; passed += 50) {
    governor.observe({ wallMs: 50, cpuMs: 50 * Math.min(cores, governor.threads) });
  }
}

describe('thread governor', () => {
  it('keeps all threads while they get their cores', () => {
    const governor = new ThreadGovernor(4);
    compute(governor, 10_000, 4);
    expect(governor.threads).toBe(4);
  });

  it('drops a thread within half a second when another process takes a core', () => {
    const governor = new ThreadGovernor(2);
    compute(governor, 500, 1.2);
    expect(governor.threads).toBe(1);
  });

  it('takes the thread back soon after the core is free again', () => {
    const governor = new ThreadGovernor(2);
    compute(governor, 500, 1.2);
    compute(governor, 1500, 2);
    expect(governor.threads).toBe(2);
  });

  it('tries more threads ever more rarely while the cores stay taken', () => {
    const governor = new ThreadGovernor(2);
    let tries = 0;
    for (let window = 0; window < 240; window += 1) {
      const before = governor.threads;
      compute(governor, 250, 1.2);
      if (governor.threads > before) tries += 1;
    }
    expect(tries).toBeGreaterThanOrEqual(3);
    expect(tries).toBeLessThanOrEqual(6);
  });

  it('never goes below one thread', () => {
    const governor = new ThreadGovernor(3);
    compute(governor, 5000, 0.2);
    expect(governor.threads).toBe(1);
  });
});
