import { link, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { isAlive, startOf } from '../process-identity.js';
import { DatabaseError } from './database.js';

/** A lock that is held until it is released or its process dies. */
export interface FolderLock {
  release(): Promise<void>;
}

/**
 * Takes `<folder>.lock`, which names the process that has the folder open. A lock whose process is gone (killed, machine restarted)
 * is taken over. Throws DatabaseError when the process lives.
 */
export async function lockFolder(folder: string): Promise<FolderLock> {
  const path = `${folder}.lock`;
  const mine = JSON.stringify({ pid: process.pid, started: await startOf(process.pid) });
  const draft = `${path}.${process.pid}`;
  await writeFile(draft, mine);
  try {
    for (let attempt = 0; attempt < 5; attempt += 1) {
      if (await linked(draft, path)) return { release: () => releaseLock(path, mine) };
      const found = await readFile(path, 'utf8').catch(() => undefined);
      if (found === undefined) continue;
      const holder = await livingHolder(found);
      if (holder !== undefined)
        throw new DatabaseError(
          `database folder ${folder} is open in process ${holder}; stop that process or use another folder`,
        );
      // Renaming first makes sure that of two processes only one removes the stale lock.
      const stale = `${path}.stale-${process.pid}`;
      await rename(path, stale).catch(() => undefined);
      await rm(stale, { force: true });
    }
    throw new DatabaseError(`database folder ${folder} is being opened by another process; try again`);
  } finally {
    await rm(draft, { force: true });
  }
}

async function linked(from: string, to: string): Promise<boolean> {
  try {
    await link(from, to);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

async function livingHolder(text: string): Promise<number | undefined> {
  let holder: { pid?: unknown; started?: unknown };
  try {
    holder = JSON.parse(text) as typeof holder;
  } catch {
    return undefined;
  }
  if (typeof holder.pid !== 'number' || !isAlive(holder.pid)) return undefined;
  // A process id may have been given to someone else since (always, for process 1 of a container): the start time tells.
  return (await startOf(holder.pid)) === holder.started ? holder.pid : undefined;
}

async function releaseLock(path: string, mine: string): Promise<void> {
  const found = await readFile(path, 'utf8').catch(() => undefined);
  if (found === mine) await rm(path, { force: true });
}
