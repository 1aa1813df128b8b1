import { describe, expect, it } from 'vitest';
import { gradingSettings } from '../../config/grading.js';
import { gradeText } from '../../index.js';

const grade = (text: string, gold: string, verdict: 'either' | 'absolute' | 'rounded' = 'either') =>
  gradeText(
    gradingSettings({ kind: 'gsmhard', gsmhard: { verdict } }),
    { text: `The answer is ${text}.`, form: 'response' },
    gold,
  );

describe('the gsmhard grader', () => {
  // answer, gold, correct, absolute, rounded
  it.each([
    ['3431580', '3431580.0', true, true, true],
    ['3,431,580', '3431580.0', true, true, true],
    ['$3,431,580.00', '3431580.0', true, true, true],
    ['-9867630', '-9867630.0', true, true, true],
    ['9867630', '-9867630.0', false, false, false],
    ['3431581', '3431580.0', false, false, false],
    ['343158', '3431580.0', false, false, false],
    ['9,284,017,268,534.4', '9284017268534.4', true, true, true],
    ['9284017268534', '9284017268534.4', false, false, false],
    ['9284017268534.40', '9284017268534.4', true, true, true],
    ['1234.57', '1234.5678', true, false, true],
    ['1234.56', '1234.5678', false, false, false],
    ['1234.6', '1234.5678', false, false, false],
    ['1235', '1234.5678', false, false, false],
    ['1234.568', '1234.5678', true, true, true],
    ['1234.5670', '1234.5678', true, true, false],
    ['0.125', '0.125', true, true, true],
    ['0.13', '0.125', true, false, true],
    ['0.12', '0.125', true, false, true],
    ['0', '0.0', true, true, true],
    ['0.00', '0.0', true, true, true],
    ['0.0004', '0.0', false, true, false],
    ['0', '3.509e-07', false, true, false],
    ['0.00', '3.509e-07', false, true, false],
    ['0.0001', '3.509e-07', false, true, false],
    ['3.509e-7', '3.509e-07', true, true, true],
    ['3.509 \\times 10^{-7}', '3.509e-07', true, true, true],
    ['0.0000003509', '3.509e-07', true, true, true],
    ['0.00000035', '3.509e-07', true, true, true],
    ['0.0000004', '3.509e-07', true, true, true],
    ['0.00000034', '3.509e-07', false, true, false],
    ['3.50902e-7', '3.509e-07', true, true, true],
    ['-3.509e-7', '3.509e-07', false, true, false],
    ['0.0005', '0.0004', false, true, false],
    ['1/3', '0.3333333333', true, true, true],
    ['33.33%', '0.3333333333', true, true, true],
    ['25%', '0.25', true, true, true],
    ['I do not know', '0.0', false, false, false],
  ])('%j for %j: %j (absolute %j, rounded %j)', (text, gold, correct, absolute, rounded) => {
    expect(grade(text, gold)).toMatchObject({ correct, verdicts: { absolute, rounded } });
  });

  it('lets a setting choose the verdict that counts', () => {
    expect(grade('1234.57', '1234.5678', 'absolute').correct).toBe(false);
    expect(grade('1234.57', '1234.5678', 'rounded').correct).toBe(true);
    expect(grade('1234.5670', '1234.5678', 'rounded').correct).toBe(false);
    expect(grade('0', '3.509e-07', 'absolute').correct).toBe(true);
  });
});
