import type { BigIntStats } from 'node:fs';
import { lstat, readdir } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * A change younger than this may share its time stamp with a later one: file systems count time in ticks (the same as git's "racily clean").
 * Milliseconds.
 */
const SETTLED_MS = 1000;

/** What the file system says of an artefact; any change of a file or of the list of files gives another one. */
export interface Stamp {
  text: string;
  /** Whether the last change is so long ago that the next one will show. */
  settled: boolean;
}

/** The stamp of a file, or of a flat folder and everything in it. */
export async function stampOf(path: string): Promise<Stamp> {
  const top = await lstat(path, { bigint: true });
  const names = top.isDirectory() ? (await readdir(path)).toSorted() : [];
  const parts = await Promise.all(
    names.map(async (name) => ({ name, stats: await lstat(join(path, name), { bigint: true }) })),
  );
  const newest = Math.max(
    ...[top, ...parts.map(({ stats }) => stats)].map(({ ctimeNs }) => Number(ctimeNs / 1_000_000n)),
  );
  return {
    text: [part('', top), ...parts.map(({ name, stats }) => part(name, stats))].join('\n'),
    settled: Date.now() - newest > SETTLED_MS,
  };
}

function part(name: string, { dev, ino, mode, size, mtimeNs, ctimeNs }: BigIntStats): string {
  return `${JSON.stringify(name)} ${dev} ${ino} ${mode} ${size} ${mtimeNs} ${ctimeNs}`;
}
