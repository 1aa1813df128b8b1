import { minus, over, type StoryTemplate } from './template.js';

/** Stories of two calculation steps. */
export const level2: readonly StoryTemplate[] = [
  {
    facts: ['{name} has {a} {things}.', '{friend} gives {name} {b} more.', 'Then {name} loses {c} {things}.'],
    ask: 'How many {things} does {name} have in the end?',
    ranges: { a: [5, 60], b: [3, 40], c: [2, 40] },
    answer: ({ a, b, c }) => minus(a + b, c),
  },
  {
    facts: ['{name} had {a} {things}.', '{name} gave {b} to {friend} and {c} to a neighbor.'],
    ask: 'How many {things} are left for {name}?',
    ranges: { a: [15, 90], b: [2, 30], c: [2, 30] },
    answer: ({ a, b, c }) => minus(minus(a, b), c),
  },
  {
    facts: ['{name} fills {a} boxes with {b} {things} each.', '{c} {things} remain outside the boxes.'],
    ask: 'How many {things} are there in total?',
    ranges: { a: [2, 10], b: [3, 12], c: [2, 20] },
    answer: ({ a, b, c }) => a * b + c,
  },
  {
    facts: ['A baker makes {a} trays of {b} {pastries} each.', '{c} of the {pastries} are eaten at once.'],
    ask: 'How many {pastries} are left?',
    ranges: { a: [2, 10], b: [4, 15], c: [2, 40] },
    answer: ({ a, b, c }) => minus(a * b, c),
  },
  {
    facts: [
      '{name} has {a} red {things} and {b} green {things}.',
      '{name} shares all of them equally among {c} friends.',
    ],
    ask: 'How many {things} does each friend get?',
    ranges: { a: [4, 50], b: [4, 50], c: [2, 9] },
    answer: ({ a, b, c }) => over(a + b, c),
  },
  {
    facts: [
      '{name} starts with {a} {things} and sells {b} of them.',
      'The rest is put into bags of {c} {things}.',
    ],
    ask: 'How many bags does {name} need?',
    ranges: { a: [15, 90], b: [3, 50], c: [2, 9] },
    answer: ({ a, b, c }) => over(minus(a, b), c),
  },
  {
    facts: ['{friend} has {a} {things}.', '{name} has {b} times as many.'],
    ask: 'How many {things} do the two have together?',
    ranges: { a: [3, 25], b: [2, 6] },
    answer: ({ a, b }) => a * b + a,
  },
  {
    facts: ['{friend} found {a} {things}.', '{name} found {b} more than {friend}.'],
    ask: 'How many {things} did they find together?',
    ranges: { a: [4, 45], b: [2, 30] },
    answer: ({ a, b }) => a + b + a,
  },
  {
    facts: [
      '{name} divides {a} {things} evenly into {b} bowls.',
      'Then {name} adds {c} {things} to one of the bowls.',
    ],
    ask: 'How many {things} are in that bowl now?',
    ranges: { a: [8, 96], b: [2, 10], c: [2, 15] },
    answer: ({ a, b, c }) => over(a, b) + c,
  },
  {
    facts: [
      'One box holds {a} {things}.',
      '{name} orders {b} boxes for the morning and {c} boxes for the afternoon.',
    ],
    ask: 'How many {things} does {name} order?',
    ranges: { a: [3, 12], b: [2, 8], c: [2, 8] },
    answer: ({ a, b, c }) => (b + c) * a,
  },
  {
    facts: [
      '{name} had {a} packs of {things}.',
      '{b} packs were given away.',
      'Every pack contains {c} {things}.',
    ],
    ask: 'How many {things} does {name} still have?',
    ranges: { a: [5, 20], b: [2, 12], c: [3, 12] },
    answer: ({ a, b, c }) => minus(a, b) * c,
  },
  {
    facts: ['{a} people pick {b} {things} each.', 'They divide everything equally between {c} families.'],
    ask: 'How many {things} does each family get?',
    ranges: { a: [2, 10], b: [3, 15], c: [2, 9] },
    answer: ({ a, b, c }) => over(a * b, c),
  },
  {
    facts: [
      '{name} unpacks {a} {things}.',
      '{friend} unpacks {b} times as many, but {c} of those are broken.',
    ],
    ask: 'How many whole {things} does {friend} unpack?',
    ranges: { a: [3, 20], b: [2, 6], c: [2, 15] },
    answer: ({ a, b, c }) => minus(a * b, c),
  },
];
