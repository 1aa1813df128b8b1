import { describe, expect, it } from 'vitest';
import { cleanText } from '../text/clean.js';
import { gradeAnswer, gradeResponse } from '../testing/grade-response.js';
import { answerExpression, findExpression } from './find.js';

describe('the final formula of a response', () => {
  it.each([
    // Boxes: verbatim and whole.
    ['so $\\boxed{\\frac{1}{2}}$.', '\\frac{1}{2}', 'boxed'],
    ['$\\boxed{x = 5}$', 'x = 5', 'boxed'],
    ['$\\boxed{[0,9)}$', '[0,9)', 'boxed'],
    ['$\\boxed{\\left\\{1, 2\\right\\}}$', '\\left\\{1, 2\\right\\}', 'boxed'],
    [
      '$\\boxed{\\begin{pmatrix} 1 & 2 \\\\ 3 & 4 \\end{pmatrix}}$',
      '\\begin{pmatrix} 1 & 2 \\\\ 3 & 4 \\end{pmatrix}',
      'boxed',
    ],
    ['\\fbox{5}', '5', 'boxed'],
    ['\\boxed {5}', '5', 'boxed'],
    ['$\\boxed 9$', '9', 'boxed'],
    [`\\boxed{${'{'.repeat(50)}x${'}'.repeat(50)}}`, `${'{'.repeat(50)}x${'}'.repeat(50)}`, 'boxed'],
    [`\\boxed{${'x+'.repeat(1000)}x}`, `${'x+'.repeat(1000)}x`, 'boxed'],
    ['$\\boxed{1}$ and $\\boxed{2}$', '1, 2', 'boxed'],
    ['The solutions are $x = \\boxed{1}$, $x = \\boxed{2}$ and $x = \\boxed{3}$.', '1, 2, 3', 'boxed'],
    ['First $\\boxed{1}$. Then the sum is $\\boxed{2}$.', '2', 'boxed'],
    ['$\\boxed{5}$. We can check our answer: $2 \\cdot 5 = 10$.', '5', 'boxed'],
    ['$\\boxed{5}$\n\nAnother way gives the same answer. $$x = 10 / 2 = 5.$$', '5', 'boxed'],
    // In words.
    ['The answer is $x=5$.', 'x=5', 'stated'],
    ['The answer is $\\frac{1}{2}$.', '\\frac{1}{2}', 'stated'],
    ['The answer is \\(\\frac{1}{2}\\).', '\\frac{1}{2}', 'stated'],
    ['The answer is\n\\[\n\\frac{1}{2}\n\\]', '\\frac{1}{2}', 'stated'],
    [
      'The answer is\n$$\n\\begin{pmatrix} 1 \\\\ 2 \\end{pmatrix}\n$$',
      '\\begin{pmatrix} 1 \\\\ 2 \\end{pmatrix}',
      'stated',
    ],
    ['The answer is $[0, 9)$.', '[0, 9)', 'stated'],
    ['The answer is [0, 9).', '[0, 9)', 'stated'],
    ['The answer is (3, \\infty).', '(3, \\infty)', 'stated'],
    ['The answer is $5$ and $6$.', '5, 6', 'stated'],
    ['The answer is $5$ square units.', '5', 'stated'],
    ['The answer is the interval $[0, 9)$.', '[0, 9)', 'stated'],
    ['The answer is that the largest value is $18$.', '18', 'stated'],
    ['The answer is $0.5$, or one half.', '0.5', 'stated'],
    ['The answer is x + 1.', 'x + 1', 'stated'],
    ['The answer is 3.5.', '3.5', 'stated'],
    ['The answer is -3.', '-3', 'stated'],
    ['Final Answer: The final answer is $\\sqrt{2}$. I hope it is correct.', '\\sqrt{2}', 'stated'],
    ['**Answer:** $\\sqrt{2}$', '\\sqrt{2}', 'stated'],
    ['**Answer: $\\sqrt{2}$**', '\\sqrt{2}', 'stated'],
    ['## Answer\n\n$\\sqrt{2}$', '\\sqrt{2}', 'stated'],
    ['<answer>$\\sqrt{2}$</answer>', '\\sqrt{2}', 'stated'],
    ['The answer is odd.', 'odd', 'stated'],
    ['The correct choice is (C).', '(C)', 'stated'],
    ['The answer is $1$. Wait, no. The answer is $2$.', '2', 'stated'],
    ['$2$ is the answer.', '2', 'stated'],
    ['#### \\frac{1}{2}', '\\frac{1}{2}', 'hash'],
    // For want of a statement.
    ['So it is **$\\frac{1}{2}$** of all.', '\\frac{1}{2}', 'emphasis'],
    ['With $a=1$ it is $\\frac{1}{2}$', '\\frac{1}{2}', 'last_expression'],
    ['Therefore, the area is $18\\pi$ for $r = 3$.', '18\\pi', 'last_expression'],
    ['It is $ \\frac{1}{2} $.', '\\frac{1}{2}', 'last_expression'],
    ['It costs $5 and then $6 more, $x^2$', 'x^2', 'last_expression'],
    ['It is 18.', '18', 'last_number'],
    ['It is $5, so 18 of them', '18', 'last_number'],
  ])('%j → %j (%s)', (text, extracted, method) => {
    const found = findExpression(cleanText(text), false);
    expect([found.candidates[0], found.method]).toEqual([extracted, method]);
  });

  it('reads an equation as a whole and by its last side', () => {
    expect(findExpression('So $2 + 3 = 5$.', false).candidates).toEqual(['2 + 3 = 5', '5']);
    expect(findExpression('The answer is $f(2) = 5$.', false).candidates).toEqual(['f(2) = 5', '5']);
    expect(gradeResponse('math', 'Hence $2 + 3 = 5$.', '5').correct).toBe(true);
  });

  it.each([
    '',
    'So $x = 5$. The answer is',
    'So $x = 5$. The answer is $',
    'So $x = 5$. \\boxed{',
    'So $x = 5$. \\boxed{5',
    'So $x = 5$. \\boxed{\\frac{5}{1}',
    'So $x = 5$. \\boxed{}',
    'The answer is $5$. The answer is $6$. '.repeat(100),
  ])('%j says nothing', (text) => {
    for (const gold of ['5', '6']) expect(gradeResponse('math', text, gold).correct).toBe(false);
  });

  it('of a response that was cut off counts what it finished', () => {
    expect(gradeResponse('math', 'The answer is $\\frac{1}{2', '\\frac{1}{2}', 'length').correct).toBe(false);
    expect(gradeResponse('math', 'The answer is $12$. Let me expl', '12', 'length').correct).toBe(true);
    expect(gradeResponse('math', 'The answer is 12', '12', 'length').correct).toBe(false);
    expect(gradeResponse('math', '\\boxed{12} so', '12', 'length').correct).toBe(true);
  });

  it('boxes in one sentence are a list, or the last one is the answer', () => {
    for (const gold of ['1, 2', '2'])
      expect(gradeResponse('math', '$\\boxed{1}$ and $\\boxed{2}$', gold).correct).toBe(true);
    expect(gradeResponse('math', '$\\boxed{1}$ and $\\boxed{2}$', '1').correct).toBe(false);
    expect(gradeResponse('math', '$\\boxed{1}$ and $\\boxed{2}$', '1, 2, 3').correct).toBe(false);
  });

  it.each([
    ['The solutions are $x=1$ and $x=2$.', '1,2'],
    ['So x = 3 and y = -1, the point is (3, -1).', '(3, -1)'],
    ['The set of all of them is [0, 9).', '[0,9)'],
    ['The primes are 2, 3 and 5.', '2,3,5'],
    ['The derivative is 2x + 3.', '2x+3'],
    ['So y = 2x + 3', '2x+3'],
    ['\\boxed{\\textbf{(B)}\\ 12}', '\\text{(B)}'],
    ['\\boxed{\\textbf{(B)}\\ 12}', '12'],
    ['\\boxed{\\textbf{(B) } 12}', '12'],
  ])('%j answers %j', (text, gold) => {
    expect(gradeResponse('math', text, gold).correct).toBe(true);
  });

  it.each([
    ['The derivative is 2x + 3.', '3'],
    ['The point is (3, -1).', '-1'],
    ['The answer is $x = 1, y = 2$.', '2'],
    ['The interval is (0, 9).', '[0, 9)'],
  ])('%j does not answer %j', (text, gold) => {
    expect(gradeResponse('math', text, gold).correct).toBe(false);
  });
});

describe('an answer alone', () => {
  it.each([
    ['$\\frac{1}{2}$', '\\frac{1}{2}'],
    ['\\[\\frac{1}{2}\\]', '\\frac{1}{2}'],
    ['\\boxed{\\frac{1}{2}}', '\\frac{1}{2}'],
    ['  \\frac{1}{2} ', '\\frac{1}{2}'],
    ['$1$ and $2$', '$1$ and $2$'],
    ['The answer is $5$.', '5'],
  ])('%j is %j', (text, expression) => {
    expect(answerExpression(cleanText(text).trim()).candidates[0]).toBe(expression);
  });

  it('is wrong when empty', () => {
    for (const text of ['', ' ', '$$', '\u200b']) expect(gradeAnswer('math', text, '5').correct).toBe(false);
  });
});
