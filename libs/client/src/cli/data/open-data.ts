import { statSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import type { Example, GraderKind } from '@trprompt/core';
import {
  contentProblems,
  DatasetStore,
  type Division,
  divisionFor,
  type FileProblem,
  graderOf,
  gradingOf,
  warningsOf,
  type Manifest,
  readFiles,
} from '@trprompt/datasets';
import type { Cli } from '../cli.js';
import { StatusLine } from '../output/status-line.js';
import { mappingOf, type ReadingOptions } from './reading.js';

/** A data set by name, or a file of one that need not be imported. */
export interface OpenedData {
  /** The name, or the path. */
  label: string;
  examples: Example[];
  grader: GraderKind;
  /** How it is divided when nobody says how. */
  division: Division;
  /** Of an imported data set. */
  manifest?: Manifest;
  problems: FileProblem[];
  /** What `line` of the problems counts. */
  unit: string;
  warnings: string[];
}

/** The imported data sets. */
export function storeOf(cli: Cli, cache?: string): DatasetStore {
  return new DatasetStore(
    cache === undefined ? cli.io.environment.dataFolder : resolve(cli.io.workingDirectory, cache),
  );
}

/** Whether an argument means a file, not the name of a data set. */
export function isFile(reference: string, workingDirectory: string): boolean {
  // A folder may have the name of a data set.
  const found = statSync(resolve(workingDirectory, reference), { throwIfNoEntry: false });
  return /[./\\]/.test(reference) || found?.isFile() === true;
}

/**
 * Opens an imported data set or reads a file, with everything that is wrong with it.
 * @throws DatasetError when there is neither
 */
export async function openData(cli: Cli, reference: string, options: ReadingOptions): Promise<OpenedData> {
  if (!isFile(reference, cli.io.workingDirectory)) {
    const { manifest, examples } = await storeOf(cli, options.cache).open(reference);
    const { grader, division = divisionFor(examples), warnings } = manifest;
    return {
      label: manifest.name,
      examples,
      grader,
      division,
      manifest,
      problems: [],
      unit: 'record',
      warnings,
    };
  }
  const status = new StatusLine(cli);
  const read = await readFiles(
    [{ path: resolve(cli.io.workingDirectory, reference), format: options.format }],
    {
      layout: options.records,
      mapping: mappingOf(options),
      setting: (field) => `--${field}`,
      answerOptional: options.grader === 'judge',
    },
    (records) => status.show(`reading ${basename(reference)}: ${records} records`),
  );
  status.clear();
  const grader = options.grader ?? graderOf(read.layout);
  return {
    label: reference,
    examples: read.examples,
    grader,
    division: divisionFor(read.examples),
    problems: [...read.problems, ...contentProblems(read, gradingOf(grader))],
    unit: read.unit,
    warnings: warningsOf(read),
  };
}
