import { mkdir, open, readFile, rename, type FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';
import { SeenEvents, remember } from './seen-events.js';

const NEWLINE = 10;

/**
 * Remembers ids in a file, one JSON text per line, appended and flushed before `add` resolves: what was added is there after a crash. A line that a
 * crash cut off is removed when the file is opened. One process at a time may use a file.
 */
export class FileSeenEvents extends SeenEvents {
  readonly #ids = new Set<string>();
  /** Lines in the file, forgotten ids included. */
  #lines = 0;
  /** Bytes of whole lines. */
  #size = 0;
  #last: Promise<unknown> = Promise.resolve();

  private constructor(
    private readonly file: string,
    private handle: FileHandle,
    private readonly limit: number,
  ) {
    super();
  }

  /**
   * Opens the file, made when missing with its folder.
   * @param options limit: ids that are kept, the oldest are forgotten first; default 1,000,000, some 100 MB of memory when full
   * @throws Error when the file holds something else
   */
  static async open(file: string, options: { limit?: number } = {}): Promise<FileSeenEvents> {
    await mkdir(dirname(file), { recursive: true });
    const handle = await open(file, 'a');
    const seen = new FileSeenEvents(file, handle, options.limit ?? 1_000_000);
    try {
      await seen.#load();
      return seen;
    } catch (error) {
      await handle.close();
      throw error;
    }
  }

  has(id: string): Promise<boolean> {
    return Promise.resolve(this.#ids.has(id));
  }

  /** Throws what the file system says, such as ENOSPC; the id then counts as not added. */
  add(id: string): Promise<void> {
    const added = this.#last.then(() => this.#append(id));
    this.#last = added.catch(() => undefined);
    return added;
  }

  async close(): Promise<void> {
    await this.#last;
    await this.handle.close();
  }

  async #load(): Promise<void> {
    const content = await readFile(this.file);
    this.#size = content.lastIndexOf(NEWLINE) + 1;
    if (this.#size < content.length) await this.handle.truncate(this.#size);
    const lines = content.subarray(0, this.#size).toString('utf8').split('\n').slice(0, -1);
    for (const [index, line] of lines.entries()) remember(this.#ids, this.#idOf(line, index + 1), this.limit);
    this.#lines = lines.length;
  }

  #idOf(line: string, number: number): string {
    try {
      const id: unknown = JSON.parse(line);
      if (typeof id === 'string') return id;
    } catch {
      // Said below.
    }
    throw new Error(
      `${this.file} is no list of seen events: line ${number} is ${line.slice(0, 80)}. Name another file.`,
    );
  }

  async #append(id: string): Promise<void> {
    const line = Buffer.from(`${JSON.stringify(id)}\n`);
    try {
      await this.handle.appendFile(line);
      await this.handle.datasync();
    } catch (error) {
      // A part of the line would spoil the next one.
      await this.handle.truncate(this.#size).catch(() => undefined);
      throw error;
    }
    this.#size += line.length;
    this.#lines += 1;
    remember(this.#ids, id, this.limit);
    if (this.#lines > 2 * this.limit) await this.#rewrite();
  }

  /** Replaces the file by one with the ids that are still known, in one step. */
  async #rewrite(): Promise<void> {
    const next = `${this.file}.next`;
    const content = Buffer.from([...this.#ids].map((id) => `${JSON.stringify(id)}\n`).join(''));
    const handle = await open(next, 'w');
    await handle.writeFile(content);
    await handle.sync();
    await handle.close();
    await rename(next, this.file);
    const before = this.handle;
    this.handle = await open(this.file, 'a');
    await before.close();
    this.#size = content.length;
    this.#lines = this.#ids.size;
  }
}
