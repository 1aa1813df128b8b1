import { describe, expect, it } from 'vitest';
import { answerShape, describeExamples, type Example, hashSplit } from '../../index.js';

describe('the form of a gold answer', () => {
  it.each([
    ['42', 'integer'],
    ['-3.5', 'decimal'],
    ['3.5e-07', 'decimal'],
    ['1,450,000', 'number with separators, sign or unit'],
    ['25\\%', 'number with separators, sign or unit'],
    ['3/4', 'fraction'],
    ['\\frac{3}{4}', 'fraction'],
    ['(B)', 'letter'],
    ['(1, 2]', 'list or interval'],
    ['1, 2, 3', 'list or interval'],
    ['{"a": 1}', 'JSON'],
    ['\\sqrt{2}', 'LaTeX'],
    ['Paris', 'text'],
    ['Well, it is a long story, that is all.', 'text'],
    ['  ', 'empty'],
  ])('%s is %s', (answer, shape) => expect(answerShape(answer)).toBe(shape));
});

describe('a data set in figures', () => {
  const examples: Example[] = [
    { id: 'a', question: 'x'.repeat(10), answer: '1', split: 'test', level: 2, subject: 'B' },
    { id: 'b', question: 'x'.repeat(20), answer: '2', level: 1, subject: 'A' },
    { id: 'c', question: 'x'.repeat(30), answer: 'z z' },
  ];

  it('has counts and hashes of splits, lengths, forms and strata', () => {
    expect(describeExamples(examples)).toEqual({
      examples: 3,
      splits: [
        { value: 'test', examples: 1, hash: hashSplit(examples.slice(0, 1)) },
        { value: 'none', examples: 2, hash: hashSplit(examples.slice(1)) },
      ],
      question: { shortest: 10, median: 20, p95: 30, longest: 30 },
      answer: { shortest: 1, median: 1, p95: 3, longest: 3 },
      shapes: [
        { value: 'integer', examples: 2 },
        { value: 'text', examples: 1 },
      ],
      levels: [
        { value: 1, examples: 1 },
        { value: 2, examples: 1 },
        { value: 'none', examples: 1 },
      ],
      subjects: [
        { value: 'A', examples: 1 },
        { value: 'B', examples: 1 },
      ],
      steps: [],
    });
  });

  it('of nothing is zeros', () => {
    expect(describeExamples([])).toMatchObject({ examples: 0, question: { longest: 0 }, splits: [] });
  });
});
