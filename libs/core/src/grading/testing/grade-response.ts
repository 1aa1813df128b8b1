import { gradingSettings } from '../../config/grading.js';
import { gradeText } from '../grade.js';
import type { PureGraderKind, Verdict } from '../kinds.js';

/** Grades a whole response with a kind's default options. For tests. */
export function gradeResponse(kind: PureGraderKind, text: string, gold: string): Verdict {
  return gradeText(gradingSettings({ kind }), { text, form: 'response' }, gold);
}
