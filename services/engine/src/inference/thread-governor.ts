/** What was used between two readings. */
export interface Reading {
  /** Milliseconds on the clock. */
  wallMs: number;
  /** Milliseconds of processor time of this process. */
  cpuMs: number;
}

/** Time over which the processor's share is judged. */
const WINDOW_MS = 250;
/** Least share of the asked-for processor time at which another thread still helps. */
const FAIR_SHARE = 0.8;
const FIRST_RETRY_MS = 1000;
const LONGEST_RETRY_MS = 30_000;

/**
 * Decides how many threads compute. llama.cpp's threads wait for each other by spinning after every operation: when another
 * process takes one of the cores, all of them wait out its time slices and decoding becomes tens of times slower than with one
 * thread. So when the threads get less processor time than they ask for, there are fewer of them, and more are tried again later,
 * after ever longer waits while that keeps failing. The number of threads does not change what is computed.
 */
export class ThreadGovernor {
  private current: number;
  private window: Reading = { wallMs: 0, cpuMs: 0 };
  private retryInMs = 0;
  private retryMs = FIRST_RETRY_MS;

  /** @param most threads to use when the cores are free, at least 1. */
  constructor(private readonly most: number) {
    this.current = most;
  }

  get threads(): number {
    return this.current;
  }

  /** Takes what a stretch of computing used; returns the threads to use from now on. */
  observe(used: Reading): number {
    this.window = { wallMs: this.window.wallMs + used.wallMs, cpuMs: this.window.cpuMs + used.cpuMs };
    const { wallMs, cpuMs } = this.window;
    if (wallMs < WINDOW_MS) return this.current;
    this.window = { wallMs: 0, cpuMs: 0 };
    this.retryInMs -= wallMs;
    const share = cpuMs / (wallMs * this.current);
    if (this.current > 1 && share < FAIR_SHARE) {
      this.current -= 1;
      this.retryInMs = this.retryMs;
      this.retryMs = Math.min(this.retryMs * 2, LONGEST_RETRY_MS);
    } else if (this.current < this.most && this.retryInMs <= 0) {
      this.current += 1;
    } else if (this.current === this.most) {
      this.retryMs = FIRST_RETRY_MS;
    }
    return this.current;
  }
}
