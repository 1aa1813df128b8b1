/** A record of a file, before it is known what its members mean. */
export interface Row {
  /** Where it begins, 1-based: the line of a text, the row of a Parquet file. */
  line: number;
  fields: Record<string, unknown>;
}

/** What is wrong with one line; 0 is the file as a whole. */
export interface LineProblem {
  line: number;
  message: string;
}

/** The records of a file with everything that is wrong with its form. */
export interface Rows {
  rows: Row[];
  problems: LineProblem[];
  /** What `line` counts. */
  unit: 'line' | 'row';
}

/** Called now and then while a long file is read: records so far. */
export type Progress = (records: number) => void;

/** How often progress is told, records. */
export const progressEvery = 2000;

/** A number with its digits as they stand in the file: 12345678901234567890 and 0.10 stay what they are. */
export class NumberText {
  constructor(readonly text: string) {}
}
