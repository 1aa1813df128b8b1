import { describe, expect, it } from 'vitest';
import { gradingSettings } from '../../config/grading.js';
import { goldProblem, gradeText } from '../../index.js';
import { gradeAnswer, gradeResponse } from '../testing/grade-response.js';

describe('the choice grader', () => {
  it.each([
    ['B', 'B'],
    ['b', 'B'],
    ['(B)', 'B'],
    ['(b)', 'B'],
    ['B)', 'B'],
    ['B.', 'B'],
    ['[B]', 'B'],
    ['**B**', 'B'],
    ['**(B)**', 'B'],
    ['**B. Paris**', 'B'],
    ['`B`', 'B'],
    ['$B$', 'B'],
    ['"B"', 'B'],
    ['Option B', 'B'],
    ['option b', 'B'],
    ['\\boxed{B}', 'B'],
    ['\\boxed{\\text{B}}', 'B'],
    ['\\boxed{\\text{(B)}}', 'B'],
    ['\\boxed{(B)}', 'B'],
    ['\\boxed{\\textbf{(B) } 12}', 'B'],
    ['\\boxed{\\mathrm{B}}', 'B'],
    ['Answer: B', 'B'],
    ['**Answer:** B', 'B'],
    ['**Answer: B**', 'B'],
    ['Answer: (B)', 'B'],
    ['The answer is B', 'B'],
    ['The answer is (B).', 'B'],
    ['The answer is (B) Paris.', 'B'],
    ['The answer is B, because it is the capital.', 'B'],
    ['The answer is: b', 'B'],
    ['The correct answer is B. A is in Spain, C is in Italy.', 'B'],
    ['The correct option is B.', 'B'],
    ['The correct choice is (B).', 'B'],
    ['The best answer is therefore B.', 'B'],
    ['The answer is option B.', 'B'],
    ['The answer is choice (B).', 'B'],
    ['Option B is correct.', 'B'],
    ['(B) is the correct answer.', 'B'],
    ['So B is the answer.', 'B'],
    ['I choose B.', 'B'],
    ["I'd go with (B).", 'B'],
    ['B. Because Paris is the capital of France.', 'B'],
    ['B) Paris', 'B'],
    ['B: Paris', 'B'],
    ['B - Paris', 'B'],
    ['B\n\nParis is the capital.', 'B'],
    ['(B) Paris is the capital.', 'B'],
    ['A. Because it is in France.', 'A'],
    ['A) Paris', 'A'],
    ['The answer is A.', 'A'],
    ['The answer is A', 'A'],
    ['The answer is (A).', 'A'],
    ['A is correct.', 'A'],
    ['#### B', 'B'],
    ['<answer>B</answer>', 'B'],
    ['{"answer": "B"}', 'B'],
    ['(A) is in Spain. (C) is in Italy. Therefore (B).', 'B'],
    ['A is wrong. C is wrong. So the answer must be B.', 'B'],
    ['The answer is A. Wait, no. The answer is B.', 'B'],
    ['Paris is the capital of France (B).', 'B'],
    ['The answer is J', 'J'],
    ['B<|im_end|>', 'B'],
    ['\u200bB', 'B'],
    ['Ｂ', 'B'],
    ['The answer is B. '.repeat(300), 'B'],
    // Forms of the gold answer.
    ['B', '(B)'],
    ['B', 'B)'],
    ['B', 'B.'],
    ['The answer is (B).', 'b'],
    ['B', 'B) Paris'],
    ['Paris', 'B) Paris'],
    ['(B) Paris', 'Paris'],
    ['B. Paris', 'Paris'],
    ['The answer is Paris.', 'Paris'],
    ['The answer is (B) Paris.', 'Paris'],
    ['\\boxed{\\text{Paris}}', 'Paris'],
    ['B', '\\boxed{B}'],
    ['#### B', 'Since it is the capital:\n#### B'],
    // Several options.
    ['The answer is A and C.', 'A, C'],
    ['A, C', 'A, C'],
    ['C and A', 'A and C'],
  ])('%j decides for %j', (text, gold) => {
    expect(gradeResponse('choice', text, gold)).toMatchObject({ correct: true });
  });

  it.each([
    ['', 'B'],
    ['The answer is', 'B'],
    ['The answer is A.', 'B'],
    ['The answer is A or B.', 'B'],
    ['The answer is A or B.', 'A'],
    ['A or B', 'B'],
    ['(A) or (B)', 'A'],
    ['A, B', 'B'],
    ['Both A and B could be right.', 'B'],
    ['It could be (A), (B) or (C).', 'B'],
    ['(A) Rome (B) Paris (C) Oslo', 'B'],
    ['A) Rome\nB) Paris\nC) Oslo', 'A'],
    ['A dog is an animal.', 'A'],
    ['The answer is a dog.', 'A'],
    ['The answer is a matter of taste.', 'A'],
    ['A man went to a shop.', 'A'],
    ['I think so.', 'I'],
    ['I do not know.', 'I'],
    ['Because of that', 'B'],
    ['Nothing is said.', 'B'],
    ['It is not B.', 'B'],
    ['The answer is not B.', 'B'],
    ['The answer is B. Wait, no. The answer is A.', 'B'],
    ['The answer is A. The answer is B. '.repeat(100), 'B'],
    ['The answer is \\boxed{', 'B'],
    ['A', 'A, C'],
    ['The answer is A, B and C.', 'A, C'],
    ['Rome', 'Paris'],
  ])('%j does not decide for %j', (text, gold) => {
    expect(gradeResponse('choice', text, gold)).toMatchObject({ correct: false });
  });

  it.each(['B', '(B)', 'b', 'Option B', '\\boxed{B}', 'Answer: B', 'B) Paris', 'B.', '$\\text{B}$'])(
    'takes the answer %j for B',
    (text) => {
      expect(gradeAnswer('choice', text, 'B')).toMatchObject({ correct: true });
    },
  );

  it('knows how many options there are', () => {
    const settings = gradingSettings({ kind: 'choice', choice: { options: 4 } });
    const text = 'Vitamin K helps (B)';
    expect(gradeText(settings, { text, form: 'response' }, 'B').correct).toBe(true);
    expect(gradeResponse('choice', text, 'B').correct).toBe(false);
    expect(goldProblem(settings, 'E')).toMatch(/options is 4/);
  });

  it('says why nothing is decided', () => {
    expect(gradeResponse('choice', 'It could be (A) or perhaps (B).', 'B').reason).toMatch(/several options/);
    expect(gradeResponse('choice', 'The answer is A or B.', 'B').reason).toMatch(/several options/);
  });

  it('has an option in its gold answer', () => {
    const settings = gradingSettings({ kind: 'choice' });
    expect(goldProblem(settings, 'B')).toBeUndefined();
    expect(goldProblem(settings, 'Paris')).toBeUndefined();
    expect(goldProblem(settings, ' ')).toBeTypeOf('string');
    expect(goldProblem(settings, '...')).toMatch(/names no option/);
  });
});
