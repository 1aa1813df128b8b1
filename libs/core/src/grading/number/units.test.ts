import { describe, expect, it } from 'vitest';
import { gradeAnswer, gradeResponse } from '../testing/grade-response.js';

describe('units and currency', () => {
  it.each([
    ['18 dollars', '18'],
    ['$18', '18'],
    ['$18.00', '18'],
    ['USD 18', '18'],
    ['18 USD', '18'],
    ['18 apples', '18'],
    ['3 hours', '3'],
    ['18%', '18'],
    ['18 percent', '18%'],
    ['18 m^2', '18'],
    ['18 km/h', '18'],
    ['18°', '18'],
    ['3 hours', '3 hours'],
    ['3 hrs', '3 hours'],
    ['3', '3 hours'],
    ['3 h', '3 hours'],
    ['180 minutes', '3 hours'],
    ['50 cents', '$0.50'],
    ['$18', '18 dollars'],
    ['18 apples', '18 apples'],
    ['1 apple', '1 apples'],
    ['1.5 million', '1500000'],
    ['$1.5 million', '1,500,000'],
    ['$70k', '70000'],
    ['3 1/2', '3.5'],
    ['3½', '3.5'],
    ['3\\frac{1}{2}', '3.5'],
    ['1.5 \\times 10^{6}', '1500000'],
    ['1.5×10⁶', '1500000'],
    ["1'450'000", '1450000'],
    ['1.450.000', '1450000'],
    ['1 450 000', '1450000'],
    ['14,50,000', '1450000'],
  ])('%j equals %j', (text, gold) => {
    expect(gradeAnswer('number', text, gold)).toMatchObject({ correct: true });
    expect(gradeResponse('number', `The answer is ${text}.`, gold)).toMatchObject({ correct: true });
    expect(gradeResponse('number', `\\boxed{${text}}`, gold)).toMatchObject({ correct: true });
  });

  it.each([
    ['3 minutes', '3 hours'],
    ['€18', '$18'],
    ['18 euros', '18 dollars'],
    ['18 cents', '18 dollars'],
    ['3 cm', '3 m'],
  ])('%j is not %j', (text, gold) => {
    const { correct, reason } = gradeAnswer('number', text, gold);
    expect([correct, reason]).toEqual([false, expect.stringMatching(/^the unit is wrong: /)]);
  });

  it('tells another unit of another kind', () => {
    expect(gradeAnswer('number', '18 oranges', '18 apples')).toMatchObject({
      correct: true,
      reason: 'equals the gold answer, with another unit: oranges',
    });
  });

  it('a question for millions has a gold answer in millions where its solution says so', () => {
    const gold = 'There is 32 - 28 = <<32-28=4>>4 million left.\n#### 4';
    expect(gradeAnswer('gsm8k', '$4 million', gold).correct).toBe(true);
    expect(gradeAnswer('gsm8k', '4 million', '4').correct).toBe(false);
    expect(gradeAnswer('gsm8k', '-4 million', gold).correct).toBe(false);
  });
});
