import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { smallDiskSkipped, startSmallDisk } from '@trprompt/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { processSpace, startOf } from '../process-identity.js';
import { FolderArtefactStore } from './folder-store.js';

describe('what writes have left in the staging area', () => {
  let root: string;
  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'staging-'));
  });
  afterEach(() => rm(root, { recursive: true, force: true }));

  /** A leftover of this age. */
  async function leftover(name: string, owner: object | undefined, hours: number): Promise<void> {
    const folder = join(root, 'staging', name);
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, 'content'), 'half');
    if (owner) await writeFile(join(folder, 'owner.json'), JSON.stringify(owner));
    const time = new Date(Date.now() - hours * 3_600_000);
    await utimes(folder, time, time);
  }

  it('is removed when its process is gone, or when nobody can tell and it is old', async () => {
    const gone = spawn(process.execPath, ['-e', '']);
    await once(gone, 'exit');
    const living = spawn(process.execPath, ['-e', 'process.stdin.resume()'], {
      stdio: ['pipe', 'ignore', 'ignore'],
    });
    await once(living, 'spawn');
    const space = await processSpace();
    const pid = living.pid ?? 0;
    await leftover('gone', { space, pid: gone.pid, started: '1' }, 0);
    await leftover('id given to another process', { space, pid, started: 'long ago' }, 0);
    await leftover('living', { space, pid, started: await startOf(pid) }, 48);
    await leftover('elsewhere', { space: 'another machine', pid: 1, started: '1' }, 1);
    await leftover('elsewhere, old', { space: 'another machine', pid: 1, started: '1' }, 48);
    await leftover('nobody', undefined, 1);
    await leftover('nobody, old', undefined, 48);
    await new FolderArtefactStore(root).putFile('dataset', Buffer.from('x'));
    expect((await readdir(join(root, 'staging'))).toSorted()).toEqual(['elsewhere', 'living', 'nobody']);
    living.stdin?.end();
    await once(living, 'exit');
  });
});

const reason = smallDiskSkipped();

describe.skipIf(reason)(
  `a full disk under artefacts${reason === undefined ? '' : ` (skipped: ${reason})`}`,
  () => {
    it('leaves no half artefact, says where to make space, and takes it when there is', async () => {
      const disk = startSmallDisk(8);
      try {
        const root = join(disk.folder, 'store');
        const source = join(disk.folder, 'source');
        const store = new FolderArtefactStore(root);
        const kept = await store.putFile('dataset', Buffer.alloc(1024, 'k'));
        await mkdir(source);
        await writeFile(join(source, 'weights'), Buffer.alloc(1024 * 1024, 'w'));
        const big = Buffer.alloc(2 * 1024 * 1024, 'b');
        await disk.fill(512 * 1024);
        const full = {
          code: 'no-space',
          message: `no space is left for artefacts in ${root}: make space there and try again`,
        };
        await expect(store.putFile('dataset', big)).rejects.toMatchObject(full);
        await expect(store.putTree('adapter', source)).rejects.toMatchObject(full);
        expect(await readdir(join(root, 'staging'))).toEqual([]);
        expect(await readdir(join(root, 'blobs', 'sha256'))).toHaveLength(1);
        await disk.fill();
        await expect(store.putFile('dataset', big)).rejects.toMatchObject(full);
        // What is there already needs no space.
        expect(await store.putFile('dataset', Buffer.alloc(1024, 'k'))).toEqual(kept);
        await disk.free();
        expect(await store.read(await store.putFile('dataset', big))).toEqual(big);
        await store.localPath(await store.putTree('adapter', source), 'folder');
      } finally {
        disk.remove();
      }
    });
  },
);
