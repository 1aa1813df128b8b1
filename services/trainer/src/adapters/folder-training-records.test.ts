import { mkdtemp, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLogger } from '@trprompt/service';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FolderTrainingRecords } from './folder-training-records.js';

describe('the record of a training', () => {
  let root: string;
  let records: FolderTrainingRecords;
  const record = {
    requestHash: 'a'.repeat(64),
    training: { name: 'one', state: 'failed' as const, losses: [{ step: 1, loss: 2 }] },
  };
  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'records-'));
    records = new FolderTrainingRecords(root, createLogger('trainer', 'silent'));
    await records.write(record);
  });
  afterEach(() => rm(root, { recursive: true, force: true }));

  it('is read back, and none is none', async () => {
    expect(await records.read('one')).toEqual(record);
    expect(await records.read('two')).toBeUndefined();
    expect(await readdir(join(root, 'one'))).toEqual(['state.json']);
  });

  it.each<[string, (path: string) => Promise<void>]>([
    ['cut off', (path) => truncate(path, 20)],
    ['emptied', (path) => truncate(path, 0)],
    ['of another shape', (path) => writeFile(path, '{"training":{"name":"one"}}')],
    [
      'of another training',
      async (path) => writeFile(path, (await readFile(path, 'utf8')).replace('"one"', '"two"')),
    ],
  ])('is set aside when it is %s, and can be written again', async (_, damage) => {
    await damage(join(root, 'one', 'state.json'));
    expect(await records.read('one')).toBeUndefined();
    expect(await readdir(join(root, 'one'))).toEqual(['state.json.corrupt']);
    await records.write(record);
    expect(await records.read('one')).toEqual(record);
  });
});
