import { type Hostile, nested, times } from './hostile.js';

const deep = 100_000;

/** Deep nesting, closed and not. */
export function nesting(): Hostile[] {
  const pairs: [string, string, string][] = [
    ['braces', '{', '}'],
    ['parentheses', '(', ')'],
    ['brackets', '[', ']'],
    ['left-right', '\\left(', '\\right)'],
    ['fractions above', '\\frac{', '}{2}'],
    ['fractions below', '\\frac{1}{', '}'],
    ['continued fraction', '1+\\frac{1}{', '}'],
    ['roots', '\\sqrt{', '}'],
    ['nth roots', '\\sqrt[', ']{2}'],
    ['powers', '2^{', '}'],
    ['subscripts', 'x_{', '}'],
    ['minus signs', '-(', ')'],
    ['boxes', '\\boxed{', '}'],
    ['texts', '\\text{', '}'],
    ['sets', '\\{', '\\}'],
    ['bars', '|', '|'],
    ['floors', '\\lfloor ', '\\rfloor '],
    ['sines', '\\sin(', ')'],
    ['logarithms', '\\log_{', '} 2'],
    ['binomials', '\\binom{', '}{2}'],
    ['matrices', '\\begin{pmatrix}', '\\end{pmatrix}'],
    ['overlines', '\\overline{', '}'],
    ['dollars', '$', '$'],
    ['bold', '**', '**'],
  ];
  return pairs.flatMap(([name, open, close]) => [
    { name: `${name}, ${deep} deep`, text: nested(open, '3', close, deep), gold: '1' },
    { name: `${name}, never closed`, text: times(open, deep) },
    { name: `${name}, never opened`, text: times(close, deep) },
    {
      name: `${name}, 300 deep against the same`,
      text: nested(open, '3', close, 300),
      gold: nested(open, '3', close, 300),
    },
    { name: `${name}, deep gold`, text: '3', gold: nested(open, '4', close, 5000) },
  ]);
}
