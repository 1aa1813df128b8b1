import { describe, expect, it } from 'vitest';
import { gradeAnswer, gradeResponse } from './testing/grade-response.js';

const kinds = ['number', 'gsmhard', 'math', 'exact', 'choice'] as const;
const pieces = [
  ...[
    '1',
    '0',
    '1,',
    '1.',
    ',111',
    '1,111',
    '1/',
    '1 /',
    '1/2 ',
    '½',
    '１',
    '٣',
    '\u00a0111',
    '1e',
    '1e9 ',
    '1% ',
    '10^',
    '1 million ',
  ],
  ...[
    '-',
    '−',
    '+',
    '=',
    '= ',
    '1=',
    '$',
    '$ ',
    '$1$ ',
    '$$',
    '%',
    '.',
    '~',
    '(',
    '((A)',
    '[',
    '{',
    '}',
    '<',
    '<b>',
    '<|',
    '<<',
  ],
  ...[
    '#',
    '####',
    '####\n',
    '#### 1\n',
    '**',
    '**1',
    '**1** ',
    '_',
    '__a',
    '`',
    '"',
    '|',
    '\\',
    '\\\\',
    '\\(',
    '\\[ ',
    '\\text{',
    '\\text{a}',
  ],
  ...[
    '\\boxed{',
    '\\boxed{5}',
    '\\boxed 5',
    '\\frac{1}{',
    '\\frac{1}{2}',
    '\\begin{align}',
    'answer ',
    'answer is ',
    'answer: 1',
    'answer/',
  ],
  ...[
    'The answer is 5. ',
    'is the answer ',
    'Wait, no. it is 5',
    '<answer>',
    '</think>',
    '\nQ: 1\nA: ',
    'A: ',
    'So A. ',
    '(B)',
    'A) ',
    'option b ',
  ],
  ...[
    'because ',
    'not 1 ',
    'round to 1 ',
    '18 or ',
    ' ',
    '\n',
    '\t',
    '\u200b',
    '1\u200b',
    '\u202e',
    '\u0301',
    '\ud83d',
    'é',
    'a',
    '18 ',
  ],
];

describe('a megabyte', () => {
  it.each(pieces)('of %j is graded at once by every kind', (piece) => {
    const text = piece.repeat(Math.ceil(1_000_000 / piece.length));
    const started = performance.now();
    for (const kind of kinds) {
      gradeResponse(kind, text, '18', 'length');
      gradeAnswer(kind, text, '18');
    }
    // Ten verdicts; a hang guard, for the machine may be busy.
    expect(performance.now() - started).toBeLessThan(10_000);
  });
});

describe('ten megabytes', () => {
  const noise = (length: number) => 'lorem 12 ipsum\n'.repeat(length / 15);

  it.each([
    ['before the answer', `${noise(10_000_000)}The answer is 18.`],
    ['after the answer', `The answer is 18.\n${'lorem ipsum\n'.repeat(833_333)}`],
    ['around the answer', `${noise(5_000_000)}\\boxed{18}\n${'lorem ipsum\n'.repeat(416_666)}`],
    ['of white space after it', `18${' \n'.repeat(5_000_000)}`],
    ['of zero-width characters after it', `18${'\u200b'.repeat(10_000_000)}`],
  ])('%s hide nothing', (_, text) => {
    for (const kind of ['number', 'gsmhard', 'math'] as const)
      expect([kind, gradeResponse(kind, text, '18').correct]).toEqual([kind, true]);
  });

  it('of one answer equal themselves', () => {
    const text = '1'.repeat(10_000_000);
    for (const kind of ['math', 'exact'] as const) expect(gradeAnswer(kind, text, text).correct).toBe(true);
  });
});
