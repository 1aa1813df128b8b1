import { Dice } from '../grammar/dice.js';
import { readCases } from './cases.js';

/** A response and the gold answer that it is graded against. */
export interface Pair {
  response: string;
  gold: string;
}

const sentences = [
  'We begin by writing down what is given, and let $x$ stand for what we look for.',
  'Expanding the left-hand side gives $x^2 + 2x + 1 = 0$, which we can solve at once.',
  'By symmetry it is enough to look at the case $a \\ge b$, where $a + b = 12$.',
  'Substituting back, we find that \\[\\frac{1}{2} + \\frac{1}{3} = \\frac{5}{6}.\\]',
  'The triangle is isosceles, so that the two angles at its base are equal to $45^\\circ$.',
  'Since the sum of the digits is $9$, the number is divisible by $9$.',
];

/** Worked solutions that end in a box, about 500 characters long, with golds from the case files; the same for the same count. */
export function generatedPairs(count: number): Pair[] {
  const dice = new Dice(31);
  const answers = readCases().filter(
    ({ kind, form, text }) => kind === 'math' && form === 'answer' && text !== '' && !text.includes('$'),
  );
  return Array.from({ length: count }, () => {
    const { text, gold } = dice.of(answers);
    const working = Array.from({ length: 6 }, () => dice.of(sentences)).join('\n');
    return { response: `${working}\n\nTherefore the answer is $\\boxed{${text}}$.`, gold };
  });
}
