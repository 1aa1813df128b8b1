import { describe, expect, it } from 'vitest';
import { filterExamples } from './index.js';

const passes = (answer: string): boolean => filterExamples([{ answer }], 'numeric-answer/v1').length === 1;

describe('numeric-answer/v1', () => {
  it.each([
    '2',
    '-17',
    '−3',
    '+4',
    '.5',
    '0.25',
    '1,450,000',
    '10,\\!000',
    '1{,}234',
    '1, 234',
    '\\$3.50',
    '$12',
    '25\\%',
    '25%',
    '90^\\circ',
    '30^{\\circ}',
    '12\\text{ cm}',
    '5 \\mbox{ inches}^\\circ',
    '7\\ \\text{units}',
  ])('takes %s', (answer) => expect(passes(answer)).toBe(true));

  it.each([
    '',
    'x',
    '\\frac{1}{2}',
    '1/2',
    '\\sqrt{2}',
    '2\\pi',
    '(1,2)',
    '1,2',
    '1,2345',
    '3x',
    '\\text{yes}',
    '2 cm',
    '1.2.3',
    '5^2',
    'e',
    '1e5',
    '1'.repeat(300),
  ])('leaves %s out', (answer) => expect(passes(answer)).toBe(false));

  it('is no filter when the name is empty', () => {
    expect(filterExamples([{ answer: 'x' }], '')).toHaveLength(1);
  });
});
