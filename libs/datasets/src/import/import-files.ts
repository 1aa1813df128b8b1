import { basename } from 'node:path';
import type { GraderKind } from '@trprompt/core';
import type { Progress } from '../formats/rows.js';
import { sha256OfFile } from '../originals/hash-file.js';
import type { RecordOptions } from '../records/read-records.js';
import type { DatasetStore, StoredDataset } from '../store/dataset-store.js';
import { graderOf, gradingOf, warningsOf, refuse, setting } from './check.js';
import { type DataFile, readFiles } from './read-file.js';

export interface ImportFilesOptions extends Omit<RecordOptions, 'setting' | 'answerOptional'> {
  name: string;
  /** Default: what suits the layout of the records. */
  grader?: GraderKind;
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
  const kind = grader ?? graderOf(read.layout);
  refuse(subject, read, gradingOf(kind));
  const hashes = await Promise.all(files.map(({ path }) => sha256OfFile(path)));
  const manifest = {
    name,
    title: subject,
    origin: subject,
    licence,
    grader: kind,
    files: files.map(({ path, name: file = basename(path) }, index) => ({
      name: file,
      sha256: hashes[index] ?? '',
      records: read.places.filter((place) => files.length === 1 || place.file === file).length,
    })),
    records: read.layout,
    mapping: { ...mapping },
    leftOut: {},
    warnings: warningsOf(read),
  };
  return store.save(manifest, read.examples);
}
