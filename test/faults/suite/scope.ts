import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** What is open, and how it is closed: processes, servers and folders of a part of the suite. Closing a scope closes its children first. */
export class Scope {
  readonly #cleanups: (() => unknown)[] = [];
  readonly #logs = new Map<string, () => string>();
  #closing: Promise<void> | undefined;

  /** Runs `cleanup` when the scope closes, the last added first; at once when it has. */
  defer(cleanup: () => unknown): void {
    this.#cleanups.push(cleanup);
    if (this.#closing) this.#closing = this.#closing.then(() => this.#close());
  }

  /** Whether it is being closed, or has been. */
  get closed(): boolean {
    return this.#closing !== undefined;
  }

  /** A temporary folder that is removed with the scope. */
  async folder(): Promise<string> {
    const folder = await mkdtemp(join(tmpdir(), 'trprompt-faults-'));
    this.defer(() => rm(folder, { recursive: true, force: true }));
    return folder;
  }

  /** A scope that is closed by itself or with this one. @throws Error when this one is closed */
  child(): Scope {
    if (this.#closing) throw new Error('nothing new begins: the suite is being ended');
    const child = new Scope();
    this.defer(() => child.close());
    return child;
  }

  /** Remembers the log of a process, so that it can be kept when something fails. */
  log(name: string, text: () => string): void {
    this.#logs.set(name, text);
  }

  /** Writes every log that is not empty into the folder. */
  async keepLogs(folder: string): Promise<void> {
    await mkdir(folder, { recursive: true });
    for (const [name, text] of this.#logs)
      if (text() !== '') await writeFile(join(folder, `${name}.log`), text());
  }

  /** Closes everything, whatever fails on the way. Idempotent. @throws AggregateError */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    const errors: unknown[] = [];
    for (const cleanup of this.#cleanups.splice(0).toReversed()) {
      try {
        await cleanup();
      } catch (error) {
        errors.push(error);
      }
    }
    if (errors.length > 0) throw new AggregateError(errors, 'something could not be cleaned up');
  }
}
