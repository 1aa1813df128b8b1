/** Names of the graders. */
export const graderKinds = ['number', 'exact'] as const;
export type GraderKind = (typeof graderKinds)[number];

/** How the final answer was found in a response. */
export const extractionMethods = [
  'boxed',
  'hash',
  'stated',
  'emphasis',
  'last_number',
  'whole',
  'none',
] as const;
export type ExtractionMethod = (typeof extractionMethods)[number];

/** What a grader found in one response. */
export interface Verdict {
  /** True when the answer equals the gold answer under the grader. */
  correct: boolean;
  /** The final answer as it stands in the response; empty: none was found. */
  extracted: string;
  /** How it was found. */
  method: ExtractionMethod;
  /** Why the verdict is what it is: one clause for a person. Never names the gold answer. */
  reason: string;
}
