import { gradeText, type GradingSettings, type PureGraderKind } from '@trprompt/core';
import { Grader, type GradedVerdict, type GradeRequest } from './grader.js';

/** The kinds that are bounded by themselves, graded where they are called. */
export class PureGrader extends Grader {
  constructor(private readonly settings: GradingSettings & { kind: PureGraderKind }) {
    super();
  }

  grade({ text, form, finish, gold }: GradeRequest, signal: AbortSignal): Promise<GradedVerdict> {
    if (signal.aborted) return Promise.reject(signal.reason as Error);
    return Promise.resolve(gradeText(this.settings, { text, form, finish }, gold));
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}
