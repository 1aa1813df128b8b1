import type { RunConfig } from '../config/schema.js';

/** Names of the graders. */
export const graderKinds = [
  'number',
  'gsm8k',
  'gsmhard',
  'math',
  'exact',
  'choice',
  'regex',
  'json',
  'custom',
  'judge',
] as const;
export type GraderKind = (typeof graderKinds)[number];

/** The kinds that `gradeText` knows: synchronous, bounded in time, without I/O. The others may hang or call someone. */
export const pureGraderKinds = [
  'number',
  'gsm8k',
  'gsmhard',
  'math',
  'exact',
  'choice',
  'json',
] as const satisfies readonly GraderKind[];
export type PureGraderKind = Exclude<GraderKind, 'regex' | 'custom' | 'judge'>;

/** The kind of grader with its options. */
export type GradingSettings = RunConfig['grading'];

/** How the final answer was found in a text. */
export const extractionMethods = [
  /** In the last \boxed{} or \fbox{}. */
  'boxed',
  /** After "####". */
  'hash',
  /** Stated in words: "the answer is x", "Answer: x", "Therefore, ... is x.". */
  'stated',
  /** Emphasised: **x**. */
  'emphasis',
  /** The response begins with it: "B. Because ...". */
  'leading',
  /** The last number, for want of a statement. */
  'last_number',
  /** The last mathematical expression, for want of a statement. */
  'last_expression',
  /** The last JSON of the text. */
  'json',
  /** By a pattern of the settings. */
  'pattern',
  /** The text is nothing but the answer. */
  'whole',
  /** No answer was found. */
  'none',
] as const;
export type ExtractionMethod = (typeof extractionMethods)[number];

/** A text to be graded. */
export interface GradedText {
  text: string;
  /** answer: nothing but the final answer; response: all that a model said, so that its final answer is to be found first. */
  form: 'answer' | 'response';
  /** Why the model stopped; "length": it was cut off at the token limit. Absent: it ended by itself. */
  finish?: string;
}

/** What a grader found in one text. */
export interface Verdict {
  /** True when the answer equals the gold answer under the grader. */
  correct: boolean;
  /** The final answer as it stands in the response; empty: none was found. */
  extracted: string;
  /** How it was found. */
  method: ExtractionMethod;
  /** Why the verdict is what it is: one clause for a person. Never names the gold answer. */
  reason: string;
  /** Further verdicts by name: of gsmhard `absolute` and `rounded`, of judge `tie` and `inconsistent`. */
  verdicts?: Record<string, boolean>;
}
