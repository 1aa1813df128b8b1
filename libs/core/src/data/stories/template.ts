/** Numbers of one story. Templates use as many as they need. */
export interface Numbers {
  a: number;
  b: number;
  c: number;
  d: number;
}

/**
 * A story in which {a} to {d} are numbers, {name} and {friend} two people, and {things},
 * {pastries} or {fruits} what they count. The answer is NaN for
 * numbers that do not fit the story (a rest below zero, a share that does not come out even); other numbers are drawn then.
 */
export interface StoryTemplate {
  /** Sentences in order. */
  facts: readonly string[];
  /** The question sentence. */
  ask: string;
  /** Lowest and highest value of each number used. */
  ranges: Partial<Record<keyof Numbers, readonly [low: number, high: number]>>;
  /** The gold answer. */
  answer: (numbers: Numbers) => number;
}

/** A difference that must leave something. */
export function minus(from: number, taken: number): number {
  return from > taken ? from - taken : Number.NaN;
}

/** A division that must come out even, into more than one and fewer than all parts. */
export function over(total: number, parts: number): number {
  return total > parts && total % parts === 0 ? total / parts : Number.NaN;
}
