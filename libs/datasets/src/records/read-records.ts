import { contentId, type Example } from '@trprompt/core';
import type { LineProblem, Row } from '../formats/rows.js';
import {
  type FieldMapping,
  layoutOf,
  layouts,
  type RecordExample,
  type RecordLayout,
  type SettingName,
} from './layouts.js';
import { RecordReader } from './record.js';

export interface RecordOptions {
  /** The id of a record that has none, by its line. Default: by its question. */
  idOf?: (line: number) => string;
  layout: RecordLayout | 'auto';
  mapping: FieldMapping;
  /** How a mapping is changed, for messages. */
  setting: SettingName;
  /** Whether examples may have no answer. */
  answerOptional: boolean;
  /** Lines that are known not to be UTF-8. */
  unreadable?: ReadonlySet<number>;
  /** Ids of records that are passed over, whatever is wrong with them. */
  leaveOut?: ReadonlySet<string>;
}

/** The examples of a file with their lines, and what is wrong with the others. */
export interface ReadRecords {
  examples: Example[];
  /** Line of each example. */
  lines: number[];
  /** Examples that have problems, as far as they could be read; texts that could not are empty. */
  flawed: { line: number; example: Example }[];
  /** Lines of what was left out. */
  leftOut: number[];
  problems: LineProblem[];
  layout: RecordLayout;
}

/** Makes examples of records; a record without an id is identified by its question. */
export function readRecords(rows: readonly Row[], options: RecordOptions): ReadRecords {
  const layout =
    options.layout === 'auto' ? layoutOf(rows[0]?.fields ?? {}, options.mapping) : options.layout;
  const read: ReadRecords = { examples: [], lines: [], leftOut: [], flawed: [], problems: [], layout };
  for (const { line, fields } of rows) {
    const record = new RecordReader(fields, options.unreadable?.has(line));
    const example = layouts[layout](record, options);
    const whole = identified(example, options.idOf?.(line));
    if (options.leaveOut?.has(whole.id)) {
      read.leftOut.push(line);
      continue;
    }
    if (record.messages.length > 0) {
      read.problems.push(...record.messages.map((message) => ({ line, message })));
      read.flawed.push({ line, example: whole });
    } else {
      read.examples.push(whole);
      read.lines.push(line);
    }
  }
  read.problems = together(read.problems, rows.length);
  return read;
}

/** What is wrong with every record is said once: a column that is named otherwise, say. */
function together(problems: readonly LineProblem[], records: number): LineProblem[] {
  const counts = Map.groupBy(problems, ({ message }) => message);
  return problems.flatMap((problem) => {
    const same = counts.get(problem.message) ?? [];
    if (records < fewRecords || same.length < records) return [problem];
    return same[0] === problem
      ? [{ ...problem, message: `${problem.message} (so in all ${records} records)` }]
      : [];
  });
}

const fewRecords = 4;

function identified({ id, ...example }: RecordExample, byLine: string | undefined): Example {
  return { id: id ?? byLine ?? contentId(example.question), ...example };
}
