import { createLogUpdate } from 'log-update';
import { count, duration, percent } from '../../report/format.js';
import type { Cli } from '../cli.js';

const terminalIntervalMs = 200;
const logIntervalMs = 5000;

/** How far a file is graded, on stderr: a line that is drawn again and again on a terminal, one in five seconds elsewhere. */
export class GradeProgress {
  readonly #begun: number;
  readonly #live: ReturnType<typeof createLogUpdate> | undefined;
  #told: number;

  /** @param bytes of the input; undefined: not known */
  constructor(
    private readonly cli: Cli,
    private readonly bytes: number | undefined,
  ) {
    this.#begun = cli.io.now();
    this.#told = this.#begun;
    this.#live = cli.io.stderr.isTTY === true ? createLogUpdate(cli.io.stderr) : undefined;
  }

  /** Seconds since the beginning. */
  get seconds(): number {
    return (this.cli.io.now() - this.#begun) / 1000;
  }

  /** @param position bytes of the input that are done with */
  update(cases: number, position: number): void {
    // Looking at the clock for every case would cost more than some cases.
    if (cases % 64 !== 0) return;
    const now = this.cli.io.now();
    if (now - this.#told < (this.#live ? terminalIntervalMs : logIntervalMs)) return;
    this.#told = now;
    const { seconds } = this;
    const parts = [`${count(cases)} graded`, `${count(Math.round(cases / seconds))}/s`];
    if (this.bytes !== undefined && position > 0) {
      const share = Math.min(1, position / this.bytes);
      parts.push(percent(share), `ETA ${duration((seconds * (1 - share)) / share)}`);
    }
    const text = parts.join('  ');
    if (this.#live) this.#live(text);
    else this.cli.warn(text);
  }

  end(): void {
    this.#live?.clear();
    this.#live?.done();
  }
}
