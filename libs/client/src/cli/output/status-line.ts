import type { Cli } from '../cli.js';

const everyMs = 100;
const everyMsInLogs = 5000;

/** What a long step is doing, on stderr: one line that is written over on a terminal, a line now and then in a log, nothing with --json. */
export class StatusLine {
  private last = 0;
  private visible = false;

  constructor(private readonly cli: Cli) {
    this.last = cli.io.now();
  }

  show(text: string): void {
    if (this.cli.json) return;
    const { stderr } = this.cli.io;
    const time = this.cli.io.now();
    if (time - this.last < (stderr.isTTY ? everyMs : everyMsInLogs)) return;
    this.last = time;
    if (stderr.isTTY) {
      stderr.write(`\r\u001b[2K${text.slice(0, (stderr.columns ?? 80) - 1)}`);
      this.visible = true;
    } else {
      this.cli.warn(text);
    }
  }

  /** Takes the line away. */
  clear(): void {
    if (this.visible) this.cli.io.stderr.write('\r\u001b[2K');
    this.visible = false;
  }
}
