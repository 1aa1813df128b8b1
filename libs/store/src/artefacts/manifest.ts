import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readFile, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { ArtefactError } from './artefact-store.js';

export const MANIFEST = 'manifest.json';

/** manifest.json of a folder artefact: the hash of each file, and facts of the kind. */
export interface Manifest {
  kind: string;
  /** By file name; folders are flat. `size` in bytes. */
  files: Record<string, { sha256: string; size: number }>;
  [extra: string]: unknown;
}

/** SHA-256 of a file, hexadecimal, read in pieces. */
export async function hashFile(path: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const piece of createReadStream(path)) hash.update(piece as Buffer);
  return hash.digest('hex');
}

export function hashBytes(bytes: Buffer | string): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** The bytes of a manifest for every file in `folder` (the manifest itself left out), in a canonical order. */
export async function describeFolder(
  kind: string,
  folder: string,
  extra: Record<string, unknown>,
): Promise<string> {
  const files: Manifest['files'] = {};
  const names = (await readdir(folder)).filter((name) => name !== MANIFEST).toSorted();
  for (const name of names) {
    const path = join(folder, name);
    files[name] = { sha256: await hashFile(path), size: (await stat(path)).size };
  }
  return `${JSON.stringify({ kind, files, ...extra }, null, 2)}\n`;
}

/**
 * Checks every file of a folder against its manifest.
 * @returns the manifest and its digest (hexadecimal)
 * @throws ArtefactError `corrupt` that names the first file that is wrong
 */
export async function verifyFolder(folder: string): Promise<{ manifest: Manifest; digest: string }> {
  const bytes = await readFile(join(folder, MANIFEST)).catch((cause: unknown) => {
    throw new ArtefactError('corrupt', `${folder} has no readable ${MANIFEST}: create the artefact again`, {
      cause,
    });
  });
  const manifest = parseManifest(bytes, folder);
  for (const [name, expected] of Object.entries(manifest.files)) {
    if (name.includes('/') || name.includes('\\') || name === '..') {
      throw new ArtefactError(
        'corrupt',
        `${MANIFEST} of ${folder} names ${JSON.stringify(name)}: folders are flat`,
      );
    }
    const actual = await hashFile(join(folder, name)).catch(() => undefined);
    if (actual === undefined) {
      throw new ArtefactError('corrupt', `${name} is missing in ${folder}: create the artefact again`);
    }
    if (actual !== expected.sha256) {
      throw new ArtefactError(
        'corrupt',
        `${name} in ${folder} was altered (SHA-256 ${actual}, expected ${expected.sha256}): delete the folder and create the artefact again`,
      );
    }
  }
  return { manifest, digest: hashBytes(bytes) };
}

function parseManifest(bytes: Buffer, folder: string): Manifest {
  try {
    const value: unknown = JSON.parse(bytes.toString('utf8'));
    if (typeof value === 'object' && value !== null && 'kind' in value && 'files' in value)
      return value as Manifest;
  } catch {
    // Told below, like any other manifest that is none.
  }
  throw new ArtefactError('corrupt', `${MANIFEST} in ${folder} is no manifest: create the artefact again`);
}
