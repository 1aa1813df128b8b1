import { minus, over, type StoryTemplate } from './template.js';

/** Stories of three calculation steps. */
export const level3: readonly StoryTemplate[] = [
  {
    facts: [
      '{name} fills {a} boxes with {b} {things} each.',
      '{friend} fills {c} boxes with {d} {things} each.',
    ],
    ask: 'How many {things} have both packed together?',
    ranges: { a: [2, 9], b: [3, 12], c: [2, 9], d: [3, 12] },
    answer: ({ a, b, c, d }) => a * b + c * d,
  },
  {
    facts: [
      '{name} has {a} {things} and finds {b} more.',
      '{name} gives {c} to {friend} and loses {d} on the way home.',
    ],
    ask: 'How many {things} does {name} bring home?',
    ranges: { a: [10, 60], b: [5, 40], c: [2, 30], d: [2, 20] },
    answer: ({ a, b, c, d }) => minus(minus(a + b, c), d),
  },
  {
    facts: [
      'A shop receives {a} crates with {b} {things} each.',
      '{c} {things} are broken.',
      'The others are packed in sets of {d}.',
    ],
    ask: 'How many sets can the shop sell?',
    ranges: { a: [2, 10], b: [5, 15], c: [2, 20], d: [2, 9] },
    answer: ({ a, b, c, d }) => over(minus(a * b, c), d),
  },
  {
    facts: ['{name} has {a} {things}.', '{friend} has {b} times as many.', 'They give {c} {things} away.'],
    ask: 'How many {things} do they have together after that?',
    ranges: { a: [3, 20], b: [2, 6], c: [2, 30] },
    answer: ({ a, b, c }) => minus(a * b + a, c),
  },
  {
    facts: [
      '{name} picks {a} {things} in the morning and {b} in the afternoon.',
      'This happens on each of {c} days.',
      'Afterwards {d} {things} are given to {friend}.',
    ],
    ask: 'How many {things} does {name} keep?',
    ranges: { a: [3, 15], b: [3, 15], c: [2, 7], d: [2, 40] },
    answer: ({ a, b, c, d }) => minus((a + b) * c, d),
  },
  {
    facts: [
      '{a} {pastries} are shared equally among {b} children.',
      'One of the children, {name}, eats {c} and then gets {d} more from {friend}.',
    ],
    ask: 'How many {pastries} does {name} have now?',
    ranges: { a: [24, 99], b: [2, 8], c: [2, 10], d: [2, 15] },
    answer: ({ a, b, c, d }) => minus(over(a, b), c) + d,
  },
  {
    facts: [
      '{name} owns {a} {things}, {friend} owns {b}, and a teacher owns {c}.',
      'They put everything together and split it evenly into {d} jars.',
    ],
    ask: 'How many {things} are in each jar?',
    ranges: { a: [4, 40], b: [4, 40], c: [4, 40], d: [2, 9] },
    answer: ({ a, b, c, d }) => over(a + b + c, d),
  },
  {
    facts: [
      'There are {a} bags with {b} {things} in each.',
      '{name} empties {c} of the bags and then adds {d} loose {things} to what is left.',
    ],
    ask: 'How many {things} are there now?',
    ranges: { a: [4, 14], b: [3, 12], c: [2, 8], d: [2, 20] },
    answer: ({ a, b, c, d }) => minus(a, c) * b + d,
  },
  {
    facts: [
      '{friend} has {a} {things}.',
      '{name} has {b} more than {friend}.',
      'Each of their {things} costs {c} dollars.',
    ],
    ask: 'How many dollars do all their {things} cost together?',
    ranges: { a: [3, 20], b: [2, 15], c: [2, 8] },
    answer: ({ a, b, c }) => (a + b + a) * c,
  },
  {
    facts: [
      '{name} saves {a} dollars a week for {b} weeks.',
      'Then {name} buys {things} for {c} dollars and gets {d} dollars from {friend}.',
    ],
    ask: 'How many dollars does {name} have?',
    ranges: { a: [4, 20], b: [3, 10], c: [5, 60], d: [2, 30] },
    answer: ({ a, b, c, d }) => minus(a * b, c) + d,
  },
  {
    facts: [
      'A garden has {a} rows of {b} plants and one extra row of {c} plants.',
      'Every plant gives {d} {fruits}.',
    ],
    ask: 'How many {fruits} does the garden give?',
    ranges: { a: [2, 8], b: [3, 9], c: [2, 9], d: [2, 6] },
    answer: ({ a, b, c, d }) => (a * b + c) * d,
  },
  {
    facts: [
      '{name} bakes {a} {pastries} and keeps {b} of them.',
      'The rest goes equally to {c} neighbors.',
      'One neighbor, {friend}, already had {d} {pastries}.',
    ],
    ask: 'How many {pastries} does {friend} have now?',
    ranges: { a: [20, 99], b: [2, 30], c: [2, 9], d: [2, 20] },
    answer: ({ a, b, c, d }) => over(minus(a, b), c) + d,
  },
  {
    facts: [
      'A train has {a} cars with {b} seats each.',
      '{c} seats are taken at the first stop and {d} at the second.',
    ],
    ask: 'How many seats are still free?',
    ranges: { a: [3, 9], b: [8, 20], c: [4, 40], d: [4, 40] },
    answer: ({ a, b, c, d }) => minus(minus(a * b, c), d),
  },
];
