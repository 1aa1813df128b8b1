import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { appendFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A file system of its own that is full soon. */
export interface SmallDisk {
  /** An empty folder on it. */
  readonly folder: string;
  /** Takes all space that is left, all but `leave` bytes (default 0). */
  fill(leave?: number): Promise<void>;
  /** Gives back what `fill` took. */
  free(): Promise<void>;
  /** Removes the file system; nothing may have files open there. */
  remove(): void;
}

/** Why no small disk can be made here (it takes Linux and the right to mount), or undefined where it can. */
export function smallDiskSkipped(): string | undefined {
  if (process.platform !== 'linux') return 'a file system in memory is mounted, which works on Linux only';
  if (process.getuid?.() !== 0) return 'mounting a file system takes root';
  try {
    startSmallDisk(1).remove();
    return undefined;
  } catch (error) {
    return `root may not mount here: ${String(error).split('\n')[0]}`;
  }
}

/** Mounts a file system in memory of so many megabytes. */
export function startSmallDisk(megabytes: number): SmallDisk {
  const folder = mkdtempSync(join(tmpdir(), 'trprompt-small-disk-'));
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m`, 'tmpfs', folder], { stdio: 'pipe' });
  } catch (error) {
    rmSync(folder, { recursive: true });
    throw error;
  }
  const filler = join(folder, '.filler');
  return {
    folder,
    fill: async (leave = 0) => {
      if (leave > 0) await appendFile(`${filler}.kept`, Buffer.alloc(leave));
      // Ever smaller pieces, so that not a page is left.
      for (let size = 1024 * 1024; size >= 512;) {
        const written = await appendFile(filler, Buffer.alloc(size)).then(
          () => true,
          () => false,
        );
        if (!written) size /= 2;
      }
      if (leave > 0) await rm(`${filler}.kept`);
    },
    free: () => rm(filler, { force: true }),
    remove: () => {
      execFileSync('umount', ['-l', folder], { stdio: 'pipe' });
      rmSync(folder, { recursive: true });
    },
  };
}
