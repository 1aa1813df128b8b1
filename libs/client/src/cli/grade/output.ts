import { once } from 'node:events';
import { createWriteStream, type WriteStream } from 'node:fs';
import { finished } from 'node:stream/promises';
import { CliError } from '../errors.js';
import { exitCodes } from '../exit-codes.js';

/** Where verdicts are written; waits while the reader or the disk is slower. What cannot be written is a CliError. */
export class Output {
  private constructor(
    private readonly stream: NodeJS.WritableStream,
    private readonly name: string,
    /** The file that has to be closed; undefined: stdout, which stays open. */
    private readonly file: WriteStream | undefined,
  ) {}

  static stdout(stream: NodeJS.WritableStream): Output {
    return new Output(stream, 'stdout', undefined);
  }

  static async file(path: string, name: string): Promise<Output> {
    const file = createWriteStream(path);
    try {
      await once(file, 'open');
    } catch (error) {
      throw new CliError(`${name} cannot be written: ${(error as Error).message}.`);
    }
    // An error that comes between two writes is found at the next one.
    file.on('error', () => undefined);
    return new Output(file, name, file);
  }

  async write(text: string): Promise<void> {
    try {
      if (this.file?.errored) throw this.file.errored;
      if (!this.stream.write(text)) await once(this.stream, 'drain');
    } catch (error) {
      throw this.#failure(error);
    }
  }

  async close(): Promise<void> {
    if (this.file === undefined) return;
    this.file.end();
    try {
      await finished(this.file);
    } catch (error) {
      throw this.#failure(error);
    }
  }

  #failure(error: unknown): CliError {
    return new CliError(
      `${this.name} cannot be written: ${(error as Error).message}.`,
      exitCodes.failed,
      'failed',
    );
  }
}
