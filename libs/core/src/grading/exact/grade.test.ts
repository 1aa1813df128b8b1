import { describe, expect, it } from 'vitest';
import { gradingSettings } from '../../config/grading.js';
import { goldProblem } from '../../index.js';
import { gradeResponse } from '../testing/grade-response.js';

describe('the exact grader', () => {
  it.each([
    ['Paris', 'Paris', 'whole'],
    ['  paris.\n', 'Paris', 'whole'],
    ['"New   York"', 'new york', 'whole'],
    ['The answer is yes.', 'yes', 'stated'],
    ['Long thoughts.\n#### Blue whale', 'blue whale', 'hash'],
    ['so \\boxed{x^2 + 1}', 'x^2 + 1', 'boxed'],
    ['The answer is yes.', 'The answer is yes', 'whole'],
    ['ｆｕｌｌ', 'full', 'whole'],
    ['**Paris**', 'Paris', 'whole'],
    ['It is **Paris**, of course.', 'Paris', 'emphasis'],
    ['**Answer:** Paris', 'Paris', 'stated'],
    ['<answer>Paris</answer>', 'Paris', 'stated'],
    ['Paris<|eot_id|>', 'Paris', 'whole'],
    ['<think>London?</think>Paris', 'Paris', 'whole'],
    ['\\boxed{\\text{Paris}}', 'Paris', 'boxed'],
    ['The answer is Paris. I hope the answer is correct.', 'Paris', 'stated'],
    ['The answer is London. Wait, no. The answer is Paris.', 'Paris', 'stated'],
    ['The answer is St. Louis', 'St. Louis', 'stated'],
    ['The answer is Paris.\n\nQuestion: Of Spain?\nThe answer is Madrid.', 'Paris', 'stated'],
    ['The answer is Paris. '.repeat(200), 'Paris', 'stated'],
  ])('%j equals %j (%s)', (response, gold, method) => {
    expect(gradeResponse('exact', response, gold)).toMatchObject({ correct: true, method });
  });

  it.each([
    ['Paris is the capital', 'Paris'],
    ['', 'Paris'],
    ['The answer is', 'Paris'],
    ['The answer is \\boxed{Paris', 'Paris'],
    ['The answer is not Paris.', 'Paris'],
    ['yes', 'no'],
    ['The answer is no. yes', 'yes'],
  ])('%j does not equal %j', (response, gold) => {
    expect(gradeResponse('exact', response, gold).correct).toBe(false);
  });

  it('finds nothing in an empty response', () => {
    expect(gradeResponse('exact', ' \n', 'x')).toMatchObject({
      method: 'none',
      extracted: '',
      correct: false,
    });
  });

  it('can grade any text but an empty one', () => {
    expect(goldProblem(gradingSettings({ kind: 'exact' }), 'Paris')).toBeUndefined();
    expect(goldProblem(gradingSettings({ kind: 'exact' }), '  ')).toBeTypeOf('string');
  });
});
