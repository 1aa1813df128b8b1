import { readdir, readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';
import { z } from 'zod';
import { DatasetError } from '../problems.js';
import { type Definition, definitionSchema } from './definition.js';

/** Folder of the definitions: adding a data set is adding a file. */
const catalogueFolder = fileURLToPath(new URL('../../catalogue/', import.meta.url));

/** The known data sets, by name. */
export async function loadCatalogue(): Promise<Definition[]> {
  const files = (await readdir(catalogueFolder)).filter((file) => file.endsWith('.yaml')).sort();
  return Promise.all(files.map((file) => loadDefinition(join(catalogueFolder, file))));
}

/**
 * The definition in a YAML file.
 * @throws DatasetError listing everything that is wrong with it
 */
export async function loadDefinition(path: string): Promise<Definition> {
  let document: unknown;
  try {
    document = parse(await readFile(path, 'utf8'));
  } catch (error) {
    throw new DatasetError(`${path} is no definition of a data set: ${(error as Error).message}`);
  }
  const parsed = definitionSchema.safeParse(document);
  if (parsed.success) return parsed.data;
  throw new DatasetError(
    `${basename(path)} is no definition of a data set:\n${z.prettifyError(parsed.error)}`,
  );
}
