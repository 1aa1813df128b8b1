import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import {
  type Example,
  type ExampleFilter,
  filterExamples,
  type GradingSettings,
  type SplitName,
  validateExamples,
} from '@trprompt/core';
import { type FileFormat, formatOf, readRows } from '../formats/read-rows.js';
import type { Progress } from '../formats/rows.js';
import { DatasetError, type FileProblem } from '../problems.js';
import type { RecordLayout } from '../records/layouts.js';
import { readRecords, type RecordOptions } from '../records/read-records.js';

/** Most examples of a data set. */
export const mostExamples = 100_000;

/** One file of a data set. */
export interface DataFile {
  path: string;
  /** What messages call it. Default: its name. */
  name?: string;
  format: FileFormat | 'auto';
  /** The split of all its records; those that name another one are problems. */
  split?: SplitName;
  /** Records without an id are `<ids>/<line>`: for files that never change. Default: their questions identify them. */
  ids?: string;
}

/** Where an example stands. */
export interface Place {
  file: string;
  line: number;
}

/** What files say, with everything that is wrong with them. */
export interface ReadFiles {
  examples: Example[];
  /** Where each example stands. */
  places: Place[];
  /** Examples that have problems, as far as they could be read: their other members are checked too. */
  flawed: { place: Place; example: Example }[];
  /** Where what was left out stands. */
  leftOut: Place[];
  problems: FileProblem[];
  /** What messages call the files, in their order. */
  files: string[];
  layout: RecordLayout;
  /** What `line` counts: lines, rows of Parquet, or records of an imported data set. */
  unit: 'line' | 'row' | 'record';
}

/**
 * Reads files of one data set.
 * @throws DatasetError when a file is not there
 */
export async function readFiles(
  files: readonly DataFile[],
  options: RecordOptions,
  progress?: Progress,
): Promise<ReadFiles> {
  const all: ReadFiles = {
    examples: [],
    places: [],
    flawed: [],
    leftOut: [],
    problems: [],
    files: [],
    layout: 'fields',
    unit: 'line',
  };
  for (const [index, { path, name = basename(path), format, split, ids }] of files.entries()) {
    const file = files.length === 1 ? '' : name;
    all.files.push(file);
    const before = all.examples.length;
    const form = format === 'auto' ? formatOf(path) : format;
    const rows = await readRows(await bytesOf(path), form, (records) => progress?.(before + records));
    const idOf = ids === undefined ? undefined : (line: number): string => `${ids}/${line}`;
    const unreadable = new Set(rows.problems.map(({ line }) => line));
    const read = readRecords(rows.rows, { ...options, idOf, unreadable });
    if (index === 0) Object.assign(all, { layout: read.layout, unit: rows.unit });
    all.problems.push(...[...rows.problems, ...read.problems].map((problem) => ({ file, ...problem })));
    all.flawed.push(...read.flawed.map(({ line, example }) => ({ place: { file, line }, example })));
    all.leftOut.push(...read.leftOut.map((line) => ({ file, line })));
    for (const [at, example] of read.examples.entries()) {
      const line = read.lines[at] ?? 0;
      if (split !== undefined && example.split !== undefined && example.split !== split)
        all.problems.push({
          file,
          line,
          message: `split: is ${example.split}, but the file is given as ${split}`,
        });
      all.examples.push(split === undefined ? example : { ...example, split });
      all.places.push({ file, line });
    }
  }
  return all;
}

async function bytesOf(path: string): Promise<Buffer> {
  try {
    return await readFile(path);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') throw new DatasetError(`there is no file ${path}`);
    if (code === 'EISDIR') throw new DatasetError(`${path} is a folder: name a file`);
    throw new DatasetError(`${path} cannot be read: ${message}`);
  }
}

/** Leaves out what does not pass a filter. */
export function filtered(read: ReadFiles, filter: ExampleFilter | ''): ReadFiles {
  if (filter === '') return read;
  const kept = new Set(filterExamples(read.examples, filter));
  const places = read.places.filter((_, index) => kept.has(read.examples[index] as Example));
  return { ...read, examples: [...kept], places };
}

/** What core finds wrong with what the examples say, told by where they stand. */
export function contentProblems(read: ReadFiles, grading: GradingSettings): FileProblem[] {
  const all = [
    ...read.examples.map((example, index) => ({
      example,
      place: read.places[index] ?? nowhere,
      flawed: false,
    })),
    ...read.flawed.map((each) => ({ ...each, flawed: true })),
  ].toSorted((a, b) => order(read, a.place) - order(read, b.place) || a.place.line - b.place.line);
  if (all.length === 0) return [];
  const examples = all.map(({ example }) => example);
  return validateExamples(examples, grading).flatMap(({ path, message }) => {
    const [, index = '', field = ''] = /^examples\[(\d+)\]\.?(.*)$/.exec(path) ?? [];
    const { example, place, flawed } = all[Number(index)] ?? { place: nowhere };
    // That a text is absent or of a wrong type has been said.
    if (flawed && example !== undefined && example[field as keyof Example] === '') return [];
    const text = message.replaceAll(/examples\[(\d+)\]/g, (_, other: string) =>
      whereTo(all[Number(other)]?.place ?? nowhere, read.unit),
    );
    // The id is no help where the line is known, and was perhaps made from the content.
    return [{ ...place, message: `${field}: ${text.replace(/ \(id "(?:[^"\\]|\\.)*"\)$/, '')}` }];
  });
}

const nowhere: Place = { file: '', line: 0 };

/** Files in the order in which they were given. */
function order(read: ReadFiles, { file }: Place): number {
  return read.files.indexOf(file);
}

/** A place for a message: "line 3", "test.csv line 3", "row 3". */
export function whereTo({ file, line }: Place, unit: string): string {
  return `${file === '' ? '' : `${file} `}${unit} ${line}`;
}
