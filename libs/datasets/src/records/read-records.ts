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
  /** Ids of records that are passed over, whatever is wrong with them. */
  leaveOut?: ReadonlySet<string>;
}

/** The examples of a file with their lines, and what is wrong with the others. */
export interface ReadRecords {
  examples: Example[];
  /** Line of each example. */
  lines: number[];
  /** Lines of what was left out. */
  leftOut: number[];
  problems: LineProblem[];
  layout: RecordLayout;
}

/** Makes examples of records; a record without an id is identified by its question. */
export function readRecords(rows: readonly Row[], options: RecordOptions): ReadRecords {
  const layout =
    options.layout === 'auto' ? layoutOf(rows[0]?.fields ?? {}, options.mapping) : options.layout;
  const read: ReadRecords = { examples: [], lines: [], leftOut: [], problems: [], layout };
  for (const { line, fields } of rows) {
    const record = new RecordReader(fields);
    const example = layouts[layout](record, options);
    if (options.leaveOut?.has(example.id ?? '')) {
      read.leftOut.push(line);
    } else if (record.messages.length > 0) {
      read.problems.push(...record.messages.map((message) => ({ line, message })));
    } else {
      read.examples.push(identified(example, options.idOf?.(line)));
      read.lines.push(line);
    }
  }
  return read;
}

function identified({ id, ...example }: RecordExample, byLine: string | undefined): Example {
  return { id: id ?? byLine ?? contentId(example.question), ...example };
}
