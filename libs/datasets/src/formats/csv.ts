import { CsvError, parse } from 'csv-parse/sync';
import { progressEvery, type Progress, type Rows } from './rows.js';

interface RawRecord {
  record: string[];
  raw: string;
  info: { lines: number };
}

/**
 * The records of a text of comma-separated values (RFC 4180) whose first line names the columns. Without a delimiter it is the one of comma, semicolon
 * and tab that the first line has most of.
 */
export function readCsv(text: string, delimiter?: string, progress: Progress = () => undefined): Rows {
  const read: Rows = { rows: [], problems: [], unit: 'line' };
  let records: RawRecord[];
  try {
    records = parse(text, {
      delimiter: delimiter ?? guessDelimiter(text),
      info: true,
      raw: true,
      relax_column_count: true,
      skip_empty_lines: true,
      skip_records_with_error: true,
      on_skip: (error) => {
        if (error) read.problems.push(describe(error));
        return undefined;
      },
    }) as unknown as RawRecord[];
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    read.problems.push(describe(error));
    return read;
  }
  const [head, ...body] = records;
  const columns = (head?.record ?? []).map((name) => name.trim());
  const repeated = columns.filter((name, index) => name !== '' && columns.indexOf(name) !== index);
  if (repeated.length > 0)
    read.problems.push({ line: 1, message: `names the column ${repeated.join(', ')} twice: rename one` });
  for (const [index, { record, raw, info }] of body.entries()) {
    if (index % progressEvery === 0) progress(index);
    // `lines` counts to the end of the record; one with line breaks in quotes began before.
    const line = info.lines - (raw.replace(/\r?\n$/, '').match(/\r\n|\n|\r/g)?.length ?? 0);
    if (record.length !== columns.length) {
      read.problems.push({ line, message: columnCount(record.length, columns) });
      continue;
    }
    read.rows.push({ line, fields: Object.fromEntries(columns.map((name, at) => [name, record[at]])) });
  }
  return read;
}

function guessDelimiter(text: string): string {
  const first = text.slice(0, /\r|\n|$/.exec(text)?.index);
  const count = (delimiter: string): number => first.split(delimiter).length;
  return [',', ';', '\t'].reduce((best, each) => (count(each) > count(best) ? each : best));
}

function columnCount(found: number, columns: readonly string[]): string {
  return `has ${found} column${found === 1 ? '' : 's'}, the first line has ${columns.length} (${columns.slice(0, 8).join(', ')}): quote values that have the delimiter or a line break in them`;
}

function describe(error: CsvError): { line: number; message: string } {
  const line = Number(error['lines'] ?? 0);
  switch (error.code) {
    case 'CSV_QUOTE_NOT_CLOSED':
      return {
        line,
        message: 'a quoted value never ends: the file is cut off, or a quotation mark is not closed',
      };
    case 'INVALID_OPENING_QUOTE':
    case 'CSV_INVALID_CLOSING_QUOTE':
      return {
        line,
        message:
          'has a quotation mark inside a value: quote the whole value and double the marks in it ("say ""hi""")',
      };
    default:
      return { line, message: error.message };
  }
}
