import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { importFiles } from '../import/import-files.js';
import { defaultMapping } from '../records/layouts.js';
import { DatasetStore } from './dataset-store.js';

let folder: string;
let store: DatasetStore;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'trprompt-store-'));
  store = new DatasetStore(join(folder, 'cache'));
});
afterEach(() => rm(folder, { recursive: true }));

describe('the store', () => {
  it('says how to import what it has not', async () => {
    await expect(store.open('gsm8k')).rejects.toThrow('import it with trprompt data import gsm8k');
  });

  it('refuses what was altered, and mends it by the next import', async () => {
    await writeFile(join(folder, 'a.jsonl'), '{"question":"a?","answer":"1"}\n');
    const importIt = () =>
      importFiles([{ path: join(folder, 'a.jsonl'), format: 'auto' }], store, {
        name: 'a',
        layout: 'auto',
        mapping: defaultMapping,
      });
    const { manifest } = await importIt();
    const path = join(store.folder, 'sets', 'a', manifest.hash, 'records.jsonl');
    await writeFile(path, '{}\n');
    await expect(store.open('a')).rejects.toThrow('is damaged: import a again');
    await importIt();
    expect((await store.open(`a@${manifest.hash.slice(0, 12)}`)).examples).toHaveLength(1);
    await expect(store.open('a@00000000')).rejects.toThrow('has no content 00000000');
  });
});
