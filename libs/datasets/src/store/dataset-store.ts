import { randomUUID } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { canonicalJson, type Example, sha256Hex } from '@trprompt/core';
import { DatasetError } from '../problems.js';
import { type Manifest, manifestSchema } from './manifest.js';

/** A data set as it is imported: before its hash is known. */
export type NewManifest = Omit<Manifest, 'version' | 'hash' | 'examples' | 'counts'>;

/** An imported data set. */
export interface StoredDataset {
  manifest: Manifest;
  /** In the order of their ids. */
  examples: Example[];
}

/**
 * Imported data sets in a folder: `sets/<name>/<hash>/` with `manifest.json` and `records.jsonl` (one example a line, canonical JSON, in the order of the
 * ids), `sets/<name>/current` with the hash of the newest import. Every file appears by one rename, so two processes may import at once.
 */
export class DatasetStore {
  constructor(readonly folder: string) {}

  /** Where fetched files are kept. */
  get originals(): string {
    return join(this.folder, 'originals');
  }

  /** Stores a data set; the same content gives the same hash, whatever the order of the examples. */
  async save(manifest: NewManifest, examples: readonly Example[]): Promise<StoredDataset> {
    const ordered = examples.toSorted((a, b) => (a.id < b.id ? -1 : 1));
    const lines = ordered.map((example) => `${canonicalJson(example)}\n`).join('');
    const hash = sha256Hex(lines);
    const full: Manifest = {
      version: 1,
      ...manifest,
      hash,
      examples: examples.length,
      counts: countSplits(examples),
    };
    const folder = join(this.folder, 'sets', manifest.name, hash);
    await this.write(join(folder, 'records.jsonl'), lines);
    await this.write(join(folder, 'manifest.json'), `${JSON.stringify(full, undefined, 2)}\n`);
    await this.write(join(folder, '..', 'current'), `${hash}\n`);
    return { manifest: full, examples: ordered };
  }

  /** The manifests of all data sets, newest content of each, by name. */
  async list(): Promise<Manifest[]> {
    const names = await entries(join(this.folder, 'sets'));
    const manifests = await Promise.all(names.map((name) => this.manifest(name).catch(() => undefined)));
    return manifests.filter((manifest) => manifest !== undefined);
  }

  /**
   * The manifest of `name`, or of the content `name@hash` (at least 8 digits of it).
   * @throws DatasetError saying how to import it
   */
  async manifest(reference: string): Promise<Manifest> {
    const [name = '', hash] = reference.split('@');
    const folder = join(this.folder, 'sets', name);
    const contents = (await entries(folder)).filter((entry) => /^[0-9a-f]{64}$/.test(entry));
    const chosen =
      hash === undefined
        ? (await readText(join(folder, 'current')))?.trim()
        : contents.find((each) => each.startsWith(hash));
    if (chosen === undefined) throw await this.absent(name, hash, contents);
    const text = (await readText(join(folder, chosen, 'manifest.json'))) ?? 'null';
    const parsed = manifestSchema.safeParse(parseJson(text));
    if (!parsed.success) throw damaged(name, join(folder, chosen, 'manifest.json'));
    return parsed.data;
  }

  /**
   * A data set with its examples, whose hash is checked.
   * @throws DatasetError when there is none, or what is there is not what was imported
   */
  async open(reference: string): Promise<StoredDataset> {
    const manifest = await this.manifest(reference);
    const path = join(this.folder, 'sets', manifest.name, manifest.hash, 'records.jsonl');
    const lines = (await readText(path)) ?? '';
    if (sha256Hex(lines) !== manifest.hash) throw damaged(manifest.name, path);
    const examples = lines
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as Example);
    return { manifest, examples };
  }

  private async absent(name: string, hash: string | undefined, contents: readonly string[]) {
    const names = (await this.list()).map((manifest) => manifest.name);
    if (hash !== undefined && contents.length > 0)
      return new DatasetError(
        `the data set ${name} has no content ${hash}: there is ${contents.map((each) => each.slice(0, 12)).join(', ')}. Import the one that you mean, or name ${name} without a hash.`,
      );
    return new DatasetError(
      `there is no data set ${name} in ${this.folder}: import it with trprompt data import ${name}, or name one of: ${names.join(', ') || '(none is imported)'}.`,
    );
  }

  private async write(path: string, text: string): Promise<void> {
    const staged = `${path}.${randomUUID()}.part`;
    try {
      await mkdir(dirname(path), { recursive: true });
      await writeFile(staged, text);
      await rename(staged, path);
    } catch (error) {
      await rm(staged, { force: true }).catch(() => undefined);
      throw new DatasetError(
        `${dirname(path)} cannot be written (${(error as NodeJS.ErrnoException).code}): make room, or name another folder with --cache or TRPROMPT_DATA.`,
      );
    }
  }
}

function countSplits(examples: readonly Example[]): Manifest['counts'] {
  const counts: Manifest['counts'] = {};
  for (const { split = 'none' } of examples) counts[split] = (counts[split] ?? 0) + 1;
  return counts;
}

function damaged(name: string, path: string): DatasetError {
  return new DatasetError(`${path} is damaged: import ${name} again.`);
}

async function entries(folder: string): Promise<string[]> {
  try {
    return (await readdir(folder)).sort();
  } catch {
    return [];
  }
}

async function readText(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch {
    return undefined;
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
