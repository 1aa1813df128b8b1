import { spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { signalGroup } from '../setup/processes.mjs';
import { LaunchFailure } from './failure.mjs';
import { logsDir, nodeBin, root } from './layout.mjs';

/** A service that has not said where it listens after this long is taken for stuck. Milliseconds. */
const startTimeout = 120_000;

/** One service as a process of its own, in its own process group, its standard error going to its log file. */
export class ServiceProcess {
  /**
   * @param {{ name: string, main: string }} service
   * @param {NodeJS.ProcessEnv} env
   * @param {string[]} [args] of its command line
   */
  constructor({ name, main }, env, args = []) {
    this.name = name;
    this.logFile = join(logsDir, `${name}.log`);
    mkdirSync(dirname(this.logFile), { recursive: true });
    const log = openSync(this.logFile, 'a');
    // The open end of standard input is this process's life line to the service: it closes however we end.
    this.child = spawn(join(nodeBin, 'node'), ['--enable-source-maps', main, ...args], {
      cwd: root,
      env,
      detached: true,
      stdio: ['pipe', 'pipe', log],
    });
    closeSync(log);
    this.child.stdin.on('error', () => {});
    /** Resolves with how it ended. */
    this.exited = new Promise((resolve) => {
      this.child.once('error', (error) => resolve(error.message));
      this.child.once('exit', (code, signal) => resolve(signal ?? `exit code ${code}`));
    });
    this.running = true;
    void this.exited.then(() => {
      this.running = false;
    });
  }

  get pid() {
    return this.child.pid;
  }

  /**
   * @returns {Promise<string>} host:port, once the service serves
   * @throws {LaunchFailure} when it ends or takes too long before that, with the last lines of its log
   */
  async listening() {
    let timer;
    const address = new Promise((resolve) => {
      createInterface({ input: this.child.stdout }).on('line', (line) => {
        const message = parse(line);
        // A broker says under which name clients reach it.
        const where = message?.address ?? message?.brokers;
        if (message?.event === 'listening' && typeof where === 'string') resolve(where);
      });
    });
    const late = new Promise((_, reject) => {
      timer = setTimeout(
        () => reject(this.failure(`did not get ready within ${startTimeout / 1000} s`)),
        startTimeout,
      );
    });
    const ended = this.exited.then((how) => {
      throw this.failure(`could not start (${how})`);
    });
    try {
      return await Promise.race([address, ended, late]);
    } finally {
      clearTimeout(timer);
    }
  }

  /** @param {string} what went wrong, after the service's name */
  failure(what) {
    const reason = this.lastWords();
    return new LaunchFailure(
      `The service ${this.name} ${what}${reason ? `: ${reason}` : ''}. Its log: ${this.logFile}`,
    );
  }

  /** The last line of its log that says something to people. */
  lastWords() {
    let lines = [];
    try {
      lines = readFileSync(this.logFile, 'utf8').slice(-8192).split('\n');
    } catch {
      // No log, no words.
    }
    const texts = lines.map((line) => (line.startsWith('{') ? (parse(line)?.msg ?? '') : line).trim());
    const telling = texts.filter((text) => text !== '' && !/^(at |Node\.js v|\^|npm )/.test(text));
    return (telling.findLast((text) => /error/i.test(text)) ?? telling.at(-1) ?? '')
      .slice(0, 300)
      .replace(/\.$/, '');
  }

  terminate() {
    if (this.running) this.child.kill('SIGTERM');
  }

  /** Ends the service and everything it started. */
  kill() {
    if (this.pid !== undefined) signalGroup(this.pid, 'SIGKILL');
  }
}

function parse(line) {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
