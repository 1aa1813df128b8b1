import { goldProblem } from '../grading/gold/problem.js';
import type { GradingSettings } from '../grading/kinds.js';
import { contentId } from './content-id.js';
import { type DataProblem, type Example, exampleSplits } from './example.js';
import { sameQuestionKey } from './same-question.js';

const longestQuestion = 65_536;
const longestAnswer = 65_536;
const longestId = 256;
const longestSubject = 128;

/**
 * Every problem of a data set that would make a run fail or its figures wrong; empty when there is none. Paths are `examples[position].field`, and
 * messages name other examples as `examples[position]`.
 *
 * Questions that are the same but for case, white space, quotation marks and Unicode form are duplicates: they could end on both sides of a split.
 */
export function validateExamples(examples: readonly Example[], grading: GradingSettings): DataProblem[] {
  if (examples.length === 0)
    return [{ path: 'examples', message: 'there are none: give at least one question with its answer' }];
  const problems: DataProblem[] = [];
  const places = { id: new Map<string, number>(), question: new Map<string, number>() };
  examples.forEach((example, index) => {
    const report = (field: string, message: string): void => {
      problems.push({
        path: `examples[${index}].${field}`,
        message: `${message} (id ${JSON.stringify(example.id)})`,
      });
    };
    checkFields(example, report);
    const unmatched = goldProblem(grading, example.answer);
    if (unmatched !== undefined) report('answer', unmatched);
    const sameId = firstPlace(places.id, example.id, index);
    const sameQuestion = firstPlace(places.question, sameQuestionKey(example.question), index);
    // An id that was made from the question repeats with it: one problem, not two.
    if (sameId !== undefined && example.id !== contentId(example.question))
      report('id', `is that of examples[${sameId}] too: make ids unique`);
    const other = sameQuestion === undefined ? undefined : examples[sameQuestion];
    if (other) report('question', duplicate(example, other, `examples[${sameQuestion}]`));
  });
  return problems;
}

type Report = (field: string, message: string) => void;

function checkFields({ id, question, answer, split, level, subject, steps }: Example, report: Report): void {
  if (id === '' || id.length > longestId)
    report('id', `has ${id.length} characters: it must have 1 to ${longestId}`);
  if (question.trim() === '') report('question', 'is empty: every example needs a question');
  if (question.length > longestQuestion)
    report('question', `has ${question.length} characters: at most ${longestQuestion} are allowed`);
  if (answer.length > longestAnswer)
    report('answer', `has ${answer.length} characters: at most ${longestAnswer} are allowed`);
  for (const [field, text] of Object.entries({ id, question, answer })) {
    if (!text.isWellFormed() || text.includes('\0'))
      report(field, 'has half a surrogate pair or a NUL character, which no text may have: repair it');
  }
  if (split !== undefined && !exampleSplits.includes(split))
    report('split', `is ${JSON.stringify(split)}: it must be one of ${exampleSplits.join(', ')}, or absent`);
  for (const [field, value] of Object.entries({ level, steps })) {
    if (value !== undefined && (!Number.isInteger(value) || Math.abs(value) > 2 ** 31 - 1))
      report(field, `is ${value}: it must be a whole number`);
  }
  if (subject !== undefined && (subject === '' || subject.length > longestSubject))
    report('subject', `has ${subject.length} characters: it must have 1 to ${longestSubject}, or be absent`);
}

/** Where a value stood first; undefined when that is here. Empty values are other problems. */
function firstPlace(places: Map<string, number>, value: string, index: number): number | undefined {
  if (value === '') return undefined;
  const first = places.get(value);
  if (first === undefined) places.set(value, index);
  return first;
}

function duplicate(example: Example, other: Example, where: string): string {
  const same = example.question.trim() === other.question.trim();
  const what = same
    ? `is that of ${where} too`
    : `is that of ${where} too but for case, white space or quotation marks`;
  if (example.answer.trim() !== other.answer.trim())
    return `${what}, which has another answer: correct the one that is wrong and remove the other`;
  if (example.split !== undefined && other.split !== undefined && example.split !== other.split)
    return `${what}, in split ${other.split} there and ${example.split} here, so one leaks into the other: remove one`;
  return `${what}: remove one, or a question could be in two splits`;
}
