/** Names of the splits, in the order in which they are cut. */
export const exampleSplits = ['train', 'validation', 'confirmation', 'test'] as const;
export type SplitName = (typeof exampleSplits)[number];

/** One labelled question. */
export interface Example {
  /** Unique in its data set, 1 to 256 characters. */
  id: string;
  /** The question, 1 to 65,536 characters. */
  question: string;
  /** The gold answer. */
  answer: string;
  /** The split it belongs to; undefined: the configuration's split decides. */
  split?: SplitName;
  /** Difficulty, where known: MATH's level, 1 to 5; of a generated story its calculation steps. */
  level?: number;
  /** Subject, where known, for instance MATH's "Algebra"; 1 to 128 characters. */
  subject?: string;
  /** Calculation steps of the gold solution, where known (GSM8K's "<<...>>"), at least 0. */
  steps?: number;
}

/** A data set, divided; no example is in two splits. */
export type Splits = Record<SplitName, Example[]>;

/** One thing that is wrong with a data set. */
export interface DataProblem {
  /** Which example, for instance "examples[3] (id q4)", or "data.split" for the set as a whole. */
  path: string;
  /** What is wrong and how to fix it. */
  message: string;
}

/** A data set that cannot be used; `problems` has all that is wrong, the message the first ten. */
export class DataError extends Error {
  override name = 'DataError';

  constructor(readonly problems: readonly DataProblem[]) {
    const shown = problems.slice(0, 10).map(({ path, message }) => `${path}: ${message}`);
    const more = problems.length > shown.length ? [`and ${problems.length - shown.length} more`] : [];
    super([...shown, ...more].join('; '));
  }
}
