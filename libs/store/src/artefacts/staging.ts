import { randomUUID } from 'node:crypto';
import { mkdir, readFile, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { isAlive, processSpace, startOf } from '../process-identity.js';

const OWNER = 'owner.json';

/** Leftovers of owners that cannot be judged from here (another machine, another container) are removed after this long. */
const ABANDONED_MS = 24 * 3600 * 1000;

/** Who writes in a folder of the staging area. */
interface Owner {
  space: string;
  pid: number;
  started: string;
}

/** Where artefacts are written before they get their names: a folder for each write, which says whose it is. */
export class Staging {
  #cleaned: Promise<void> | undefined;

  /** @param root `staging/` of the store */
  constructor(private readonly root: string) {}

  /** A path in a new folder of this process. The first call removes what dead processes have left. */
  async path(): Promise<string> {
    this.#cleaned ??= this.#clean();
    await this.#cleaned;
    const path = join(this.root, randomUUID(), 'content');
    await mkdir(dirname(path), { recursive: true });
    const owner = { space: await processSpace(), pid: process.pid, started: await startOf(process.pid) };
    try {
      await writeFile(join(dirname(path), OWNER), JSON.stringify(owner satisfies Owner));
    } catch (error) {
      await this.discard(path);
      throw error;
    }
    return path;
  }

  /** Removes what is left of a path that `path` gave, or of any other. */
  async discard(path: string): Promise<void> {
    const folder = dirname(path);
    await rm(dirname(folder) === this.root ? folder : path, { recursive: true, force: true });
  }

  async #clean(): Promise<void> {
    const space = await processSpace();
    for (const name of await readdir(this.root).catch(() => [])) {
      const folder = join(this.root, name);
      if (await isAbandoned(folder, space)) await rm(folder, { recursive: true, force: true });
    }
  }
}

async function isAbandoned(folder: string, space: string): Promise<boolean> {
  const owner = await ownerOf(folder);
  if (owner?.space === space) return !isAlive(owner.pid) || (await startOf(owner.pid)) !== owner.started;
  const { mtimeMs } = await stat(folder).catch(() => ({ mtimeMs: Date.now() }));
  return Date.now() - mtimeMs > ABANDONED_MS;
}

/** Undefined when the folder does not say: its owner is just making it, or could not. */
async function ownerOf(folder: string): Promise<Owner | undefined> {
  try {
    return JSON.parse(await readFile(join(folder, OWNER), 'utf8')) as Owner;
  } catch {
    return undefined;
  }
}
