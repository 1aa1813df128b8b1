import { basename } from 'node:path';
import {
  type Example,
  type GraderKind,
  gradingSettings,
  type GradingSettings,
  type SplitName,
} from '@trprompt/core';
import type { Definition, Source, SourceFile } from '../catalogue/definition.js';
import type { Progress } from '../formats/rows.js';
import { locateOriginals, type LocateOptions } from '../originals/locate.js';
import { sha256OfFile } from '../originals/hash-file.js';
import { DatasetError, problemsError } from '../problems.js';
import { defaultMapping, type FieldMapping } from '../records/layouts.js';
import type { RecordOptions } from '../records/read-records.js';
import type { DatasetStore, StoredDataset } from '../store/dataset-store.js';
import { nearDuplicateWarning } from './leaks.js';
import {
  contentProblems,
  type DataFile,
  mostExamples,
  readFiles,
  type ReadFiles,
  whereTo,
} from './read-file.js';

const setting = (field: keyof FieldMapping): string => `--${field}`;

/** Settings of a grader by its kind alone: enough to tell which gold answers it can match. */
export function gradingOf(kind: GraderKind): GradingSettings {
  return { ...gradingSettings({}), kind } as GradingSettings;
}

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
    ...(paper === undefined ? {} : { paper }),
    warnings: leakWarnings(used),
  };
  return store.save(manifest, used.examples);
}

/** Checks counts, and gives the examples that say their published split by their id that split. */
function asPublished({ name, leftOut }: Definition, { files }: Source, read: ReadFiles): ReadFiles {
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
  const unusable = Object.keys(leftOut).length;
  if (read.leftOut.length !== unusable)
    wrong.push(`${read.leftOut.length} of the ${unusable} records that are to be left out are there`);
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

export interface ImportFilesOptions extends Omit<RecordOptions, 'setting' | 'answerOptional'> {
  name: string;
  grader: GraderKind;
  licence?: string;
  reading?: Progress;
}

/**
 * Imports a user's files as one data set.
 * @throws DatasetError listing everything that is wrong, with lines
 */
export async function importFiles(
  files: readonly DataFile[],
  store: DatasetStore,
  { name, grader, licence = '', layout, mapping, reading }: ImportFilesOptions,
): Promise<StoredDataset> {
  const read = await readFiles(
    files,
    { layout, mapping, setting, answerOptional: grader === 'judge' },
    reading,
  );
  const subject = files.map(({ path }) => path).join(', ');
  refuse(subject, read, gradingOf(grader));
  const hashes = await Promise.all(files.map(({ path }) => sha256OfFile(path)));
  const manifest = {
    name,
    title: subject,
    origin: subject,
    licence,
    grader,
    files: files.map(({ path, name: file = basename(path) }, index) => ({
      name: file,
      sha256: hashes[index] ?? '',
      records: read.places.filter((place) => files.length === 1 || place.file === file).length,
    })),
    records: read.layout,
    mapping: { ...mapping },
    leftOut: {},
    warnings: leakWarnings(read),
  };
  return store.save(manifest, read.examples);
}

/** Throws everything that is wrong with what was read. */
export function refuse(
  subject: string,
  read: ReadFiles,
  grading: GradingSettings,
  effect = 'nothing was imported',
): void {
  const problems = [...read.problems, ...contentProblems(read, grading)];
  if (problems.length > 0) throw problemsError(subject, problems, read.unit, effect);
  if (read.examples.length === 0)
    throw new DatasetError(`${subject} has no examples: write one JSON object per line.`);
  if (read.examples.length > mostExamples)
    throw new DatasetError(
      `${subject} has ${read.examples.length} examples: at most ${mostExamples} can be used.`,
    );
}

/** Questions of the test split that are nearly questions of what is not. */
export function leakWarnings({ examples, places, unit }: ReadFiles): string[] {
  const positions = (test: boolean): number[] =>
    examples.flatMap(({ split }, index) => ((split === 'test') === test ? [index] : []));
  const side = (name: string, of: readonly number[]) => ({
    name,
    questions: of.map((index) => (examples[index] as Example).question),
    where: (position: number) => whereTo(places[of[position] ?? -1] ?? { file: '', line: 0 }, unit),
  });
  const warning = nearDuplicateWarning(
    side('the test split', positions(true)),
    side('the others', positions(false)),
  );
  return warning === undefined ? [] : [warning];
}
