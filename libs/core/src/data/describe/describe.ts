import { type Example, exampleSplits, type SplitName } from '../example.js';
import { hashSplit } from '../split-hash.js';
import { type AnswerShape, answerShape, answerShapes } from './answer-shape.js';

/** Lengths in characters. */
export interface Lengths {
  shortest: number;
  median: number;
  /** 19 of 20 are no longer. */
  p95: number;
  longest: number;
}

/** A value and how many examples have it. */
export interface Tally<T> {
  value: T;
  examples: number;
}

/** A data set in figures. */
export interface DataDescription {
  examples: number;
  /** By the split that they come with; `none`: still to be divided. */
  splits: (Tally<SplitName | 'none'> & { hash: string })[];
  question: Lengths;
  answer: Lengths;
  shapes: Tally<AnswerShape>[];
  levels: Tally<number | 'none'>[];
  subjects: Tally<string>[];
  steps: Tally<number | 'none'>[];
}

/** Counts, lengths, strata and forms of answers. Strata that no example has are empty lists. */
export function describeExamples(examples: readonly Example[]): DataDescription {
  const splitOf = (example: Example): SplitName | 'none' => example.split ?? 'none';
  const bySplit = Map.groupBy(examples, splitOf);
  return {
    examples: examples.length,
    splits: [...exampleSplits, 'none' as const].flatMap((value) => {
      const own = bySplit.get(value);
      return own === undefined ? [] : [{ value, examples: own.length, hash: hashSplit(own) }];
    }),
    question: lengths(examples.map(({ question }) => question.length)),
    answer: lengths(examples.map(({ answer }) => answer.length)),
    shapes: tally(examples.map(({ answer }) => answerShape(answer))).toSorted(
      (a, b) => b.examples - a.examples || answerShapes.indexOf(a.value) - answerShapes.indexOf(b.value),
    ),
    levels: strata(examples.map(({ level }) => level)),
    subjects: tally(examples.flatMap(({ subject }) => subject ?? [])).toSorted((a, b) =>
      a.value < b.value ? -1 : 1,
    ),
    steps: strata(examples.map(({ steps }) => steps)),
  };
}

function lengths(values: readonly number[]): Lengths {
  const sorted = values.toSorted((a, b) => a - b);
  const at = (share: number): number =>
    sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0;
  return { shortest: at(0), median: at(0.5), p95: at(0.95), longest: sorted.at(-1) ?? 0 };
}

function strata(values: readonly (number | undefined)[]): Tally<number | 'none'>[] {
  if (values.every((value) => value === undefined)) return [];
  const order = (value: number | 'none'): number => (value === 'none' ? Number.POSITIVE_INFINITY : value);
  return tally(values.map((value) => value ?? ('none' as const))).toSorted(
    (a, b) => order(a.value) - order(b.value),
  );
}

function tally<T>(values: readonly T[]): Tally<T>[] {
  const counts = new Map<T, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return [...counts].map(([value, examples]) => ({ value, examples }));
}
