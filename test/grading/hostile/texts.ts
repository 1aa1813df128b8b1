import { Dice } from '../grammar/dice.js';
import { type Hostile, times } from './hostile.js';

/** Texts at the size limit, and those that make careless patterns backtrack. */
export function long(length: number): Hostile[] {
  // prettier-ignore
  const parts = [
    ' ', '\n', '0', '9', '9,', '1 ', '-', '.', ',', 'a', 'é', '\\', '\\\\', '\\frac', '\\boxed{',
    '\\boxed{1}', '}', '{', '$', '$1$ ', '**', '**1** ', '*', '#', '####', '#### 1\n', 'answer ',
    'the answer is ', 'The answer is 1. ', 'answer is:', 'Therefore, ', '=', '= 1 ', '1/', '1,000', '(', ')',
    '\u200b', '\u202e', '\u0000', '\ud800', '\udc00', '😀', '\t', '\r', '\u00a0', '<think>', '</think>',
    '\\text{ ', '\\left', '\\[', '\\( ', '_', '^', '^{2', '|', '&', '%', '1%', '$1', '\\$', 'e', '1e', '1e9',
    ': ', 'x = ', '"', '`', '```\n', '<b>', '[1,', '\\{', 'or ', 'and ', '\\sqrt', '\\pm ', 'A. ', '(B) ',
    'is ', '1\\,', '1{,}', '-1', '- ', '\u2212', '\u0301',
  ];
  return parts.map((part, index) => {
    // One in four at full length: they take most of the time.
    const size = index % 4 === 0 ? length : length / 10;
    const text = times(part, Math.ceil(size / part.length)).slice(0, size);
    return { name: `${JSON.stringify(part)} over and over, ${size} characters`, text };
  });
}

/** A long run of marks that something else ends: a pattern that looks for marks at the end starts at each of them. */
export function runs(): Hostile[] {
  const marks = [' ', '\n', '*', '**', '<b>', '_', '.', '$', '`', '\\', '\\ ', '-', '1 ', ')', '**\n', '&'];
  return marks.flatMap((mark) =>
    ['x', '\n1 2', '$'].map((end) => ({
      name: `${JSON.stringify(mark)} many times, then ${JSON.stringify(end)}`,
      text: times(mark, Math.floor(120_000 / mark.length)) + end,
    })),
  );
}

/** Characters that cannot be seen, or of which half is missing. */
export function invisible(): Hostile[] {
  // prettier-ignore
  const marks = [
    '\u200b', '\u200c', '\u200d', '\ufeff', '\u2060', '\u202e', '\u202d', '\u2066', '\u2069', '\u200e',
    '\u200f', '\u00ad', '\u0000', '\ud800', '\udfff', '\uffff', '\u061c', '\u180e', '\ufe0f', '\u0008',
  ];
  return marks.flatMap((mark) => [
    { name: `${escape(mark)} inside a number`, text: `1${mark}7`, gold: '17' },
    { name: `${escape(mark)} around`, text: `${mark}17${mark}`, gold: '17' },
    { name: `${escape(mark)} only`, text: times(mark, 1000), gold: '17', correct: false },
    { name: `${escape(mark)} hides a sign`, text: `-${mark}17`, gold: '17', correct: false },
    { name: `${escape(mark)} in a box`, text: `\\bo${mark}xed{17}`, gold: '18', correct: false },
    {
      name: `${escape(mark)} in a command`,
      text: `\\fr${mark}ac{1}{2}`,
      gold: '\\frac{1}{3}',
      correct: false,
    },
    { name: `${escape(mark)} in the gold answer`, text: '18', gold: `1${mark}7`, correct: false },
  ]);
}

const escape = (mark: string): string => `U+${mark.charCodeAt(0).toString(16).padStart(4, '0')}`;

// prettier-ignore
const pieces = [
    '\\frac', '\\sqrt', '\\boxed', '{', '}', '(', ')', '[', ']', '\\left', '\\right', '^', '_', '!', '+', '-',
    '\\pm', '\\cdot', '/', '1', '2', '9', '17', '0', '.', ',', ':', 'x', 'y', 'i', 'e', '\\pi', '\\infty',
    '\\sin', '\\log', '\\binom', '\\begin{pmatrix}', '\\end{pmatrix}', '&', '\\\\', '\\text{', 'cm', '%',
    '\\%', '$', '\\$', '=', '<', '\\le', '\\cup', '\\{', '\\}', '|', '\\lfloor', '\\overline', ' ', '\n',
    'answer is ', '####', '**', '\u200b', '\ud800', '\u0000', '°', '−', '½', '\\circ', '\\mod', '\\sum',
    '\\int', '9^{9^{9}}', '99999999', '\\underbrace', '\\not', '\\operatorname{', "'", '"', ';', '~', '`',
    '@', '#',
  ];

/** Random strings of LaTeX pieces; half of the gold answers are such strings too. */
export function soup(count: number): Hostile[] {
  const dice = new Dice(77);
  const some = (): string => Array.from({ length: 1 + dice.below(40) }, () => dice.of(pieces)).join('');
  return Array.from({ length: count }, (_, index) => ({
    name: `soup ${index}`,
    text: some(),
    gold: dice.one(2)
      ? some()
      : dice.of(['1', '\\frac{1}{2}', 'x^2+1', '(1,2)', '\\{1,2\\}', '[0,9)', '\\text{no}', '1 \\pm 2']),
  }));
}
