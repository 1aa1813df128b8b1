import { gradingSettings } from '../../config/grading.js';
import { gradeText } from '../grade.js';
import type { GradedText, PureGraderKind, Verdict } from '../kinds.js';

/** Grades a whole response with a kind's default options. For tests. */
export function gradeResponse(kind: PureGraderKind, text: string, gold: string, finish?: string): Verdict {
  return gradeAs(kind, { text, form: 'response', ...(finish !== undefined && { finish }) }, gold);
}

/** Grades a text that is nothing but an answer with a kind's default options. For tests. */
export function gradeAnswer(kind: PureGraderKind, text: string, gold: string): Verdict {
  return gradeAs(kind, { text, form: 'answer' }, gold);
}

function gradeAs(kind: PureGraderKind, given: GradedText, gold: string): Verdict {
  return gradeText(gradingSettings({ kind }), given, gold);
}
