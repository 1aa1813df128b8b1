import { goldProblem } from '../grading/grade.js';
import type { GradingSettings } from '../grading/kinds.js';
import { type DataProblem, type Example, exampleSplits } from './example.js';

const longestQuestion = 65_536;
const longestId = 256;

/** Every problem of a data set that would make a run fail or its figures wrong; empty when there is none. */
export function validateExamples(examples: readonly Example[], grading: GradingSettings): DataProblem[] {
  if (examples.length === 0)
    return [{ path: 'examples', message: 'there are none: give at least one question with its answer' }];
  const problems: DataProblem[] = [];
  const places = { id: new Map<string, number>(), question: new Map<string, number>() };
  examples.forEach((example, index) => {
    const { id, question, answer, split } = example;
    const report = (field: string, message: string) =>
      problems.push({
        path: `examples[${index}].${field}`,
        message: `${message} (id ${JSON.stringify(id)})`,
      });
    if (id === '' || id.length > longestId)
      report('id', `has ${id.length} characters: it must have 1 to ${longestId}`);
    if (question.trim() === '') report('question', 'is empty: every example needs a question');
    if (question.length > longestQuestion)
      report('question', `has ${question.length} characters: at most ${longestQuestion} are allowed`);
    const unmatched = goldProblem(grading, answer);
    if (unmatched !== undefined) report('answer', unmatched);
    if (split !== undefined && !exampleSplits.includes(split)) {
      report(
        'split',
        `is ${JSON.stringify(split)}: it must be one of ${exampleSplits.join(', ')}, or absent`,
      );
    }
    for (const [field, value] of [
      ['id', id],
      ['question', question.trim().replaceAll(/\s+/g, ' ')],
    ] as const) {
      const first = places[field].get(value);
      if (first === undefined) places[field].set(value, index);
      else if (value !== '')
        report(field, `is that of examples[${first}] too: remove one, or a question could be in two splits`);
    }
  });
  return problems;
}
