import { describe, expect, it } from 'vitest';
import { gradeResponse } from '../testing/grade-response.js';

describe('a formula in the styles of many models', () => {
  it.each([
    ['The answer is $\\frac{1}{2}$ or $0.5$.', '\\frac{1}{2}'],
    ['The answer is (B) 12.', '\\text{(B)}'],
    ['The answer is $x \\in [0,9)$.', '[0,9)'],
    ['Thus $x=3$ or $x=-3$.', '3,-3'],
    ['Thus, $x = \\pm 3$.', '\\pm 3'],
    ['The solution set is $\\{1,2\\}$.', '\\{1,2\\}'],
    ['**Final Answer**\n\n\\boxed{\\frac{3}{4}}', '3/4'],
    ['Thus the probability is $\\frac{3}{4}$.', '3/4'],
    ['Hence $a+b=7$.', '7'],
    ['The answer is \\(\\dfrac{3}{4}\\) .', '3/4'],
    ['#### $\\frac34$', '3/4'],
    ['answer: 3/4', '3/4'],
    ['The final answer is: 3/4.', '3/4'],
    ['\\begin{align*} x &= 2+3 \\\\ &= 5 \\end{align*}', '5'],
    ['\\[x = 2 + 3\\]\n\\[= 5\\]', '5'],
    ['The answer is $12\\text{ cm}^2$.', '12'],
    ['So the answer is $\\text{Tuesday}$.', '\\text{Tuesday}'],
    ['The answer is Tuesday.', '\\text{Tuesday}'],
    ['The answer is $1{,}000$.', '1000'],
    ['The answer is 1,000.', '1000'],
    ['The answer is $45^\\circ$.', '45'],
    ['The answer is 45 degrees.', '45^\\circ'],
    ['The answer is $\\$5$.', '5'],
    ['The answer is $5.', '5'],
    ['The answer is 25%.', '25\\%'],
    ['The answer is $\\boxed{5}$ units.', '5'],
    ['The vector is $\\begin{pmatrix} 1 \\\\ 2 \\end{pmatrix}.$', '\\begin{pmatrix} 1 \\\\ 2 \\end{pmatrix}'],
  ])('%j says %j', (text, gold) => {
    expect(gradeResponse('math', text, gold)).toMatchObject({ correct: true });
  });

  it.each([
    ['<think> x = 7, let me check', '7'],
    ['Thus $\\frac{7}{', '7'],
    ['The answer is $1$ or $2$.', '1'],
    ['The answer is $1$ or $2$.', '2'],
  ])('%j does not say %j', (text, gold) => {
    expect(gradeResponse('math', text, gold)).toMatchObject({ correct: false });
  });
});
