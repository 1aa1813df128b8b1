import { mkdir, mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ArtefactStore } from './artefact-store.js';
import { createFolderArtefactStore } from './folder-store.js';

describe('the folder artefact store', () => {
  let root: string;
  let store: ArtefactStore;

  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'artefacts-'));
    store = createFolderArtefactStore(join(root, 'store'));
  });

  afterEach(async () => {
    await rm(root, { recursive: true, force: true });
  });

  async function folderWith(files: Record<string, string>): Promise<string> {
    const folder = join(root, 'source');
    await mkdir(folder, { recursive: true });
    for (const [name, content] of Object.entries(files)) await writeFile(join(folder, name), content);
    return folder;
  }

  it('returns the bytes that were stored, under the hash of their content', async () => {
    const ref = await store.putFile('dataset', Buffer.from('hello'));
    expect(ref).toEqual({
      digest: 'sha256:2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824',
      kind: 'dataset',
    });
    expect((await store.read(ref)).toString()).toBe('hello');
  });

  it('stores the same content once', async () => {
    const refs = [
      await store.putFile('dataset', Buffer.from('x')),
      await store.putFile('dataset', Buffer.from('x')),
    ];
    expect(refs[0]).toEqual(refs[1]);
    expect(await readdir(join(root, 'store', 'blobs', 'sha256'))).toHaveLength(1);
    expect(await readdir(join(root, 'store', 'staging'))).toEqual([]);
  });

  it('names a folder by its manifest, which hashes every file', async () => {
    const ref = await store.putTree('adapter', await folderWith({ 'a.bin': 'A', 'b.json': '{}' }), {
      base: 'm',
    });
    const path = await store.localPath(ref);
    const manifest: unknown = JSON.parse(await readFile(join(path, 'manifest.json'), 'utf8'));
    expect(manifest).toMatchObject({ kind: 'adapter', base: 'm', files: { 'a.bin': { size: 1 } } });
  });

  it('gives equal folders the same name and leaves nothing in staging', async () => {
    const first = await store.putTree('adapter', await folderWith({ a: '1' }));
    const second = await store.putTree('adapter', await folderWith({ a: '1' }));
    expect(second).toEqual(first);
    expect(await readdir(join(root, 'store', 'trees', 'sha256'))).toHaveLength(1);
    expect(await readdir(join(root, 'store', 'staging'))).toEqual([]);
  });

  it('refuses to adopt a folder whose file does not match its manifest', async () => {
    const good = await store.localPath(await store.putTree('adapter', await folderWith({ a: '1' })));
    const manifest = await readFile(join(good, 'manifest.json'));
    const torn = await folderWith({ a: 'half' });
    await writeFile(join(torn, 'manifest.json'), manifest);
    await expect(store.adoptTree(torn)).rejects.toMatchObject({ code: 'corrupt' });
  });

  it('never returns an artefact that was altered after it was stored', async () => {
    const ref = await store.putTree('adapter', await folderWith({ a: '1' }));
    const path = await store.localPath(ref);
    await writeFile(join(path, 'a'), '2');
    const fresh = createFolderArtefactStore(join(root, 'store'));
    await expect(fresh.localPath(ref)).rejects.toMatchObject({ code: 'corrupt' });
  });

  it('says that an artefact is missing, and refuses references that are none', async () => {
    const digest = `sha256:${'0'.repeat(64)}`;
    await expect(store.localPath({ digest, kind: 'adapter' })).rejects.toMatchObject({ code: 'missing' });
    await expect(store.localPath({ digest: '../../etc', kind: 'adapter' })).rejects.toMatchObject({
      code: 'invalid-reference',
    });
  });
});
