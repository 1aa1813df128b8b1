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
  ])('%j equals %j (%s)', (response, gold, method) => {
    expect(gradeResponse('exact', response, gold)).toMatchObject({ correct: true, method });
  });

  it.each([
    ['Paris is the capital', 'Paris'],
    ['', 'Paris'],
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
