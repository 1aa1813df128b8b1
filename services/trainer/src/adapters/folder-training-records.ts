import { randomUUID } from 'node:crypto';
import { mkdir, open, readFile, rename } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { TrainingRecords, type TrainingRecord } from '../domain/training-records.js';

/** `<root>/<name>/state.json`, written beside and renamed, so that a reader sees the old record or the new one. */
export class FolderTrainingRecords extends TrainingRecords {
  constructor(private readonly root: string) {
    super();
  }

  async read(name: string): Promise<TrainingRecord | undefined> {
    try {
      return JSON.parse(await readFile(this.path(name), 'utf8')) as TrainingRecord;
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
      throw error;
    }
  }

  async write(record: TrainingRecord): Promise<void> {
    const path = this.path(record.training.name);
    await mkdir(dirname(path), { recursive: true });
    const staged = `${path}.${randomUUID()}`;
    const file = await open(staged, 'w');
    try {
      await file.writeFile(`${JSON.stringify(record)}\n`);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(staged, path);
  }

  private path(name: string): string {
    return join(this.root, name, 'state.json');
  }
}
