import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { loadTemplates } from './load-templates.js';

describe('loading templates', () => {
  let folder: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'templates-'));
    await mkdir(join(folder, 'critic'));
  });

  afterEach(async () => {
    await rm(folder, { recursive: true, force: true });
  });

  it('finds the templates that ship with the mesh', async () => {
    expect([...(await loadTemplates()).keys()]).toEqual(
      expect.arrayContaining(['prompt-model/v1', 'target-llm/v1', 'textgrad/v1']),
    );
  });

  it('reads every YAML file by its id', async () => {
    await writeFile(join(folder, 'critic', 'mine.yaml'), 'id: critic/mine\nuser: hi\n');
    expect(await loadTemplates(folder)).toEqual(
      new Map([['critic/mine', { id: 'critic/mine', user: 'hi' }]]),
    );
  });

  it('names the file that has no id, and the id that is there twice', async () => {
    await writeFile(join(folder, 'critic', 'a.yaml'), 'user: hi\n');
    await expect(loadTemplates(folder)).rejects.toThrow(/a\.yaml has no id/);
    await writeFile(join(folder, 'critic', 'a.yaml'), 'id: same\n');
    await writeFile(join(folder, 'critic', 'b.yaml'), 'id: same\n');
    await expect(loadTemplates(folder)).rejects.toThrow(/repeats the id same/);
  });
});
