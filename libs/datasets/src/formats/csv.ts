import { CsvError, parse } from 'csv-parse/sync';
import { type LineProblem, progressEvery, type Progress, type Rows } from './rows.js';

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
  const errors: CsvError[] = [];
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
        if (error) errors.push(error);
        return undefined;
      },
    }) as unknown as RawRecord[];
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    return { ...read, problems: describeErrors([error], 0) };
  }
  read.problems.push(...describeErrors(errors, records.at(-1)?.info.lines ?? 0));
  const [head, ...body] = records;
  const columns = (head?.record ?? []).map((name) => name.trim());
  const repeated = columns.filter((name, index) => name !== '' && columns.indexOf(name) !== index);
  if (repeated.length > 0)
    read.problems.push({ line: 1, message: `names the column ${repeated.join(', ')} twice: rename one` });
  for (const [index, { record, raw, info }] of body.entries()) {
    if (index % progressEvery === 0) progress(index);
    // `lines` counts to the end of the record; one with line breaks in quotes began before.
    const own = raw.replace(/^[\r\n]+/, '').replace(/[\r\n]+$/, '');
    const line = info.lines - (own.match(/\r\n|\n|\r/g)?.length ?? 0);
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

/** @param lastGood line on which the last whole record ends */
function describeErrors(errors: readonly CsvError[], lastGood: number): LineProblem[] {
  // Where a quotation mark stands wrongly, that a value does not end is only what follows from it.
  const own = errors.filter(({ code }, index) => index === 0 || code !== 'CSV_QUOTE_NOT_CLOSED');
  const problems = own.map((error) => describe(error, lastGood));
  return problems.filter(({ line }, index) => problems.findIndex((each) => each.line === line) === index);
}

function describe(error: CsvError, lastGood: number): LineProblem {
  const line = Number(error['lines'] ?? 0);
  switch (error.code) {
    case 'CSV_QUOTE_NOT_CLOSED':
      return {
        line: Math.min(lastGood + 1, line || lastGood + 1),
        message:
          'begins a quoted value that never ends: a quotation mark is not closed, or the file is cut off',
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
