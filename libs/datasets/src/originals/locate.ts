import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Definition, Source, SourceFile } from '../catalogue/definition.js';
import { DatasetError } from '../problems.js';
import { FetchFailure, fetchFile, type FetchOptions } from './fetch-file.js';
import { sha256OfFile } from './hash-file.js';

export interface LocateOptions {
  /** Folder where fetched files are kept, and where a user may put them. */
  cache: string;
  /** Take the files from this folder and fetch nothing. */
  from?: string;
  /** Called while a file is fetched: bytes so far. */
  progress?: (file: SourceFile, bytes: number) => void;
  fetch?: Omit<FetchOptions, 'progress'>;
}

/** The files of a data set, checked by hash. */
export interface Originals {
  source: Source;
  /** Path of each file of the source, in its order. */
  paths: string[];
}

/**
 * Finds the files of a known data set on disk or fetches them.
 * @throws DatasetError naming every file that cannot be had, where it comes from, its hash and where to put it
 */
export async function locateOriginals(definition: Definition, options: LocateOptions): Promise<Originals> {
  const folders =
    options.from === undefined
      ? [join(options.cache, definition.name)]
      : [options.from, join(options.from, definition.name)];
  const wrong: string[] = [];
  const looked: { source: Source; paths: (string | undefined)[] }[] = [];
  for (const source of definition.sources) {
    const paths: (string | undefined)[] = [];
    for (const file of source.files) paths.push(await find(file, folders, wrong));
    if (isComplete(paths)) return { source, paths };
    looked.push({ source, paths });
  }
  if (options.from !== undefined) throw notIn(definition, options.from, wrong);
  const fetchable = looked.find(({ source }) => source.files.every(({ url }) => url !== undefined));
  if (!fetchable) throw notHad(definition, options.cache, wrong);
  return fetchMissing(definition, fetchable, options, wrong);
}

async function fetchMissing(
  definition: Definition,
  { source, paths }: { source: Source; paths: (string | undefined)[] },
  { cache, fetch, progress }: LocateOptions,
  wrong: readonly string[],
): Promise<Originals> {
  const all: string[] = [];
  for (const [index, file] of source.files.entries()) {
    const target = paths[index] ?? join(cache, definition.name, file.name);
    if (paths[index] === undefined) {
      const { url = '', sha256, bytes } = file;
      try {
        await fetchFile({ url, sha256, bytes }, target, {
          ...fetch,
          progress: (size) => progress?.(file, size),
        });
      } catch (error) {
        if (!(error instanceof FetchFailure)) throw error;
        throw notHad(definition, cache, [...wrong, `${file.name}: ${url} ${error.message}`]);
      }
    }
    all.push(target);
  }
  return { source, paths: all };
}

/** The first of the folders that has the right file; others of its name are told of. */
async function find(
  { name, sha256 }: SourceFile,
  folders: readonly string[],
  wrong: string[],
): Promise<string | undefined> {
  for (const folder of folders) {
    const path = join(folder, name);
    if (!existsSync(path)) continue;
    const found = await sha256OfFile(path);
    if (found === sha256) return path;
    wrong.push(
      `${path} has another content (SHA-256 ${found.slice(0, 12)}… instead of ${sha256.slice(0, 12)}…)`,
    );
  }
  return undefined;
}

function isComplete(paths: readonly (string | undefined)[]): paths is string[] {
  return paths.every((path) => path !== undefined);
}

function notIn(definition: Definition, folder: string, wrong: readonly string[]): DatasetError {
  const names = definition.sources.map(({ files }) => files.map(({ name }) => name).join(' and '));
  return new DatasetError(
    [
      `${definition.name}: ${folder} has not its files: ${names.join(', or ')}, there or in ${definition.name}/ below it.`,
      ...wrong.map((line) => `  ${line}`),
      ...definition.sources.flatMap(({ files }) => files.map(fileLine)),
    ].join('\n'),
  );
}

function notHad(definition: Definition, cache: string, why: readonly string[]): DatasetError {
  const folder = join(cache, definition.name);
  const sources = definition.sources.map(({ files }, index) =>
    [index === 0 ? `Get these files and put them into ${folder}/` : `or these`, ...files.map(fileLine)].join(
      '\n',
    ),
  );
  return new DatasetError(
    [
      `${definition.name} cannot be fetched:`,
      ...why.map((line) => `  ${line}`),
      ...sources,
      `then import again; or, with the files in any folder: trprompt data import ${definition.name} --from FOLDER`,
    ].join('\n'),
  );
}

function fileLine({ name, url, sha256, bytes }: SourceFile): string {
  const size = bytes < 1e6 ? `${Math.ceil(bytes / 1000)} kB` : `${(bytes / 1e6).toFixed(1)} MB`;
  return `  ${name}  ${size}, SHA-256 ${sha256}${url === undefined ? '' : `, ${url}`}`;
}
