import { type Example, filterExamples, type SplitName } from '@trprompt/core';
import type { Definition, Source, SourceFile } from '../catalogue/definition.js';
import type { Progress } from '../formats/rows.js';
import { locateOriginals, type LocateOptions } from '../originals/locate.js';
import { DatasetError } from '../problems.js';
import { defaultMapping } from '../records/layouts.js';
import type { DatasetStore, StoredDataset } from '../store/dataset-store.js';
import { gradingOf, warningsOf, refuse, setting } from './check.js';
import { readFiles, type ReadFiles } from './read-file.js';

export interface ImportKnownOptions extends Omit<LocateOptions, 'cache' | 'progress'> {
  fetching?: LocateOptions['progress'];
  reading?: Progress;
}

/**
 * Imports a known data set: finds or fetches its files, checks hashes and counts, reads, checks and stores the records.
 * @throws DatasetError
 */
export async function importKnown(
  definition: Definition,
  store: DatasetStore,
  { fetching, reading, ...options }: ImportKnownOptions = {},
): Promise<StoredDataset> {
  const { source, paths } = await locateOriginals(definition, {
    ...options,
    cache: store.originals,
    progress: fetching,
  });
  const files = source.files.map((file, index) => ({
    path: paths[index] ?? '',
    name: file.name,
    ids: file.split === undefined || file.split === 'by-id' ? definition.name : file.split,
    format: 'auto' as const,
    ...(file.split === undefined || file.split === 'by-id' ? {} : { split: file.split }),
  }));
  const read = await readFiles(
    files,
    {
      layout: source.records,
      mapping: defaultMapping,
      setting,
      answerOptional: definition.grader === 'judge',
      leaveOut: new Set(Object.keys(definition.leftOut)),
    },
    reading,
  );
  const used = asPublished(definition, source, read);
  refuse(definition.name, used, gradingOf(definition.grader));
  const { name, title, origin, licence, grader, leftOut, division, paper } = definition;
  const manifest = {
    name,
    title,
    origin,
    licence,
    grader,
    files: source.files.map(({ name: file, sha256, records }) => ({ name: file, sha256, records })),
    records: source.records,
    leftOut,
    division,
    ...(paper === undefined ? {} : { paper: { ...paper, ours: countAsPaper(paper, used.examples) } }),
    warnings: warningsOf(used),
  };
  return store.save(manifest, used.examples);
}

/** Checks counts, and gives the examples that say their published split by their id that split. */
function asPublished({ name }: Definition, { files }: Source, read: ReadFiles): ReadFiles {
  const fileOf = (file: SourceFile): string => (files.length === 1 ? '' : file.name);
  const recordsOf = (file: SourceFile): number => {
    const found = [...read.places, ...read.leftOut, ...read.problems].filter(
      (place) => place.file === fileOf(file),
    );
    return new Set(found.map(({ line }) => line)).size;
  };
  const wrong = files.flatMap((file) => {
    const found = recordsOf(file);
    return found === file.records ? [] : [`${file.name} has ${found} records instead of ${file.records}`];
  });
  if (wrong.length > 0)
    throw new DatasetError(`${name}: ${wrong.join(', ')}: its definition is not that of these files.`);
  const byId = new Set(files.filter(({ split }) => split === 'by-id').map(fileOf));
  const examples = read.examples.map((example, index) =>
    byId.has(read.places[index]?.file ?? '') ? { ...example, split: splitOfId(example.id) } : example,
  );
  return { ...read, examples };
}

function splitOfId(id: string): SplitName {
  return id.startsWith('test/') ? 'test' : 'train';
}

/** Train and test by the paper's rule; what was published undivided is divided by its counts. */
function countAsPaper(
  { filter, test: theirs }: NonNullable<Definition['paper']>,
  examples: readonly Example[],
): { train: number; test: number } {
  const kept = filterExamples(examples, filter);
  const undivided = kept.every(({ split }) => split === undefined);
  const test = undivided
    ? Math.min(theirs, kept.length)
    : kept.filter(({ split }) => split === 'test').length;
  return { train: kept.length - test, test };
}
