import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type FakeCoordinator, startFakeCoordinator } from './fake-coordinator.js';
import { Terminal } from './terminal.js';

/** What a command printed, and its exit code. */
export interface Printed {
  code: number;
  out: string;
  error: string;
}

/** A temporary folder in which commands run, and a mesh that they can reach. */
export class DataFolder {
  private constructor(
    readonly path: string,
    readonly mesh: FakeCoordinator,
  ) {}

  static async open(): Promise<DataFolder> {
    return new DataFolder(await mkdtemp(join(tmpdir(), 'trprompt-data-')), await startFakeCoordinator());
  }

  async close(): Promise<void> {
    this.mesh.close();
    await rm(this.path, { recursive: true });
  }

  write(name: string, content: string): Promise<void> {
    return writeFile(join(this.path, name), content);
  }

  /** Runs `trprompt` with these arguments. */
  async trprompt(...args: string[]): Promise<Printed> {
    const terminal = new Terminal(this.mesh.address, this.path);
    const code = await terminal.trprompt(...args);
    return { code, out: terminal.stdout.text, error: terminal.stderr.text };
  }
}
