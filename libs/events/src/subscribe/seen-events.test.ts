import { appendFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FileSeenEvents, MemorySeenEvents, type SeenEvents } from '../index.js';

const known = async (seen: SeenEvents, ids: readonly string[]): Promise<string[]> => {
  const found: string[] = [];
  for (const id of ids) if (await seen.has(id)) found.push(id);
  return found;
};

describe('events seen, in memory', () => {
  it('forgets the oldest beyond its limit', async () => {
    const seen = new MemorySeenEvents(2);
    for (const id of ['a', 'b', 'b', 'c']) await seen.add(id);
    expect(await known(seen, ['a', 'b', 'c'])).toEqual(['b', 'c']);
  });
});

describe('events seen, in a file', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'trprompt-seen-'));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  it('are known after a restart, and what a crash cut off is not', async () => {
    const file = join(folder, 'deep', 'seen.jsonl');
    const first = await FileSeenEvents.open(file);
    for (const id of ['run/1', 'line\nbreak']) await first.add(id);
    await first.close();
    await appendFile(file, '"run/2');

    const second = await FileSeenEvents.open(file);
    expect(await known(second, ['run/1', 'line\nbreak', 'run/2'])).toEqual(['run/1', 'line\nbreak']);
    await second.add('run/3');
    await second.close();

    const third = await FileSeenEvents.open(file);
    expect(await known(third, ['run/1', 'run/2', 'run/3'])).toEqual(['run/1', 'run/3']);
    await third.close();
  });

  it('are on disk when they were added, without being closed', async () => {
    const file = join(folder, 'killed.jsonl');
    const seen = await FileSeenEvents.open(file);
    await Promise.all(['a', 'b', 'c'].map((id) => seen.add(id)));
    expect(await readFile(file, 'utf8')).toBe('"a"\n"b"\n"c"\n');
    await seen.close();
  });

  it('do not let the file grow beyond twice the limit', async () => {
    const file = join(folder, 'bounded.jsonl');
    const seen = await FileSeenEvents.open(file, { limit: 3 });
    for (const id of ['1', '2', '3', '4', '5', '6', '7', '8']) await seen.add(id);
    await seen.close();
    expect(await readFile(file, 'utf8')).toBe('"5"\n"6"\n"7"\n"8"\n');
    const again = await FileSeenEvents.open(file, { limit: 3 });
    expect(await known(again, ['5', '6', '7', '8'])).toEqual(['6', '7', '8']);
    await again.close();
  });

  it('refuse a file that holds something else', async () => {
    const file = join(folder, 'other.txt');
    await writeFile(file, 'dear diary\n');
    await expect(FileSeenEvents.open(file)).rejects.toThrow(/no list of seen events: line 1 is dear diary/);
  });
});
