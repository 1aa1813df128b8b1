import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Every artefact in the store is whole: its name is the hash of its content, and every file of a folder has the hash that its manifest says. @throws Error */
export async function assertNothingTorn(root: string): Promise<void> {
  for (const name of await names(join(root, 'blobs', 'sha256')))
    await assertHash(join(root, 'blobs', 'sha256', name), name);
  for (const name of await names(join(root, 'trees', 'sha256'))) {
    const folder = join(root, 'trees', 'sha256', name);
    await assertHash(join(folder, 'manifest.json'), name);
    const { files } = JSON.parse(await readFile(join(folder, 'manifest.json'), 'utf8')) as {
      files: Record<string, { sha256: string }>;
    };
    for (const [file, { sha256 }] of Object.entries(files)) await assertHash(join(folder, file), sha256);
  }
}

async function names(folder: string): Promise<string[]> {
  return readdir(folder).catch(() => []);
}

async function assertHash(path: string, expected: string): Promise<void> {
  const actual = createHash('sha256')
    .update(await readFile(path))
    .digest('hex');
  if (actual !== expected) throw new Error(`${path} is torn: SHA-256 ${actual}, not ${expected}`);
}
