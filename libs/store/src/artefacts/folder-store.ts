import { randomUUID } from 'node:crypto';
import { cp, mkdir, mkdtemp, open, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { ArtefactError, ArtefactStore, type ArtefactRef } from './artefact-store.js';
import { MANIFEST, describeFolder, hashBytes, hashFile, verifyFolder } from './manifest.js';

/**
 * Artefacts in a folder: `blobs/sha256/<hex>` and `trees/sha256/<hex>/`. Writes go to `staging/` on the same file system, are
 * synced and then renamed, so a name never stands for half an artefact.
 */
export class FolderArtefactStore extends ArtefactStore {
  /** Paths whose content this process has already verified: artefacts are immutable, hashing gigabytes twice is waste. */
  private readonly verified = new Set<string>();

  constructor(private readonly root: string) {
    super();
  }

  async putFile(kind: string, bytes: Buffer): Promise<ArtefactRef> {
    const hex = hashBytes(bytes);
    const target = join(this.root, 'blobs', 'sha256', hex);
    if (!(await exists(target))) {
      const staged = await this.stagingPath();
      await writeFile(staged, bytes);
      await syncPath(staged);
      await this.moveIntoPlace(staged, target);
    }
    return { digest: `sha256:${hex}`, kind };
  }

  async putTree(
    kind: string,
    sourceFolder: string,
    extra: Record<string, unknown> = {},
  ): Promise<ArtefactRef> {
    const staged = await this.stagingPath();
    await cp(sourceFolder, staged, { recursive: true });
    await writeFile(join(staged, MANIFEST), await describeFolder(kind, staged, extra));
    return this.adoptTree(staged);
  }

  async adoptTree(folder: string): Promise<ArtefactRef> {
    const { manifest, digest } = await verifyFolder(folder);
    for (const name of [...Object.keys(manifest.files), MANIFEST]) await syncPath(join(folder, name));
    const target = join(this.root, 'trees', 'sha256', digest);
    if (await exists(target)) await this.discard(folder);
    else await this.moveIntoPlace(folder, target);
    return { digest: `sha256:${digest}`, kind: manifest.kind };
  }

  async localPath(ref: ArtefactRef): Promise<string> {
    const hex = hexOf(ref);
    const blob = join(this.root, 'blobs', 'sha256', hex);
    const tree = join(this.root, 'trees', 'sha256', hex);
    const path = (await exists(blob)) ? blob : tree;
    if (!(await exists(path))) {
      throw new ArtefactError('missing', `no ${ref.kind} artefact ${ref.digest} in ${resolve(this.root)}`);
    }
    if (!this.verified.has(path)) {
      const actual = path === blob ? await hashFile(path) : (await verifyFolder(path)).digest;
      if (actual !== hex) {
        throw new ArtefactError(
          'corrupt',
          `${path} was altered (SHA-256 ${actual}): delete it and create the artefact again`,
        );
      }
      this.verified.add(path);
    }
    return resolve(path);
  }

  async read(ref: ArtefactRef): Promise<Buffer> {
    return readFile(await this.localPath(ref));
  }

  private async stagingPath(): Promise<string> {
    const staging = join(this.root, 'staging');
    await mkdir(staging, { recursive: true });
    return join(await mkdtemp(join(staging, 'new-')), randomUUID());
  }

  private async moveIntoPlace(from: string, to: string): Promise<void> {
    await mkdir(dirname(to), { recursive: true });
    try {
      await rename(from, to);
    } catch (error) {
      // Another process stored the same content first: equal by construction.
      if (!(await exists(to))) throw await crossDevice(error, from, to);
    }
    await this.discard(from);
    await syncPath(dirname(to));
  }

  /** Removes what is left of a staged path, its staging folder included. */
  private async discard(path: string): Promise<void> {
    const parent = dirname(path);
    const staged = dirname(parent) === join(this.root, 'staging');
    await rm(staged ? parent : path, { recursive: true, force: true });
  }
}

export function createFolderArtefactStore(root: string): ArtefactStore {
  return new FolderArtefactStore(root);
}

async function crossDevice(error: unknown, from: string, to: string): Promise<Error> {
  const code = (error as NodeJS.ErrnoException).code;
  if (code === 'EXDEV') {
    return new Error(
      `${from} and ${to} are on different file systems: put the work folder beside the artefacts`,
    );
  }
  return error instanceof Error ? error : new Error(String(error));
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}

async function syncPath(path: string): Promise<void> {
  const handle = await open(path, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

function hexOf(ref: ArtefactRef): string {
  const match = /^sha256:([0-9a-f]{64})$/.exec(ref.digest);
  if (match?.[1] === undefined) {
    throw new ArtefactError(
      'invalid-reference',
      `artefact digest is ${JSON.stringify(ref.digest)}: give "sha256:" and 64 hexadecimal digits`,
    );
  }
  return match[1];
}
