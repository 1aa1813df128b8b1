import { minus, over, type StoryTemplate } from './template.js';

/** Stories of one calculation step. */
export const level1: readonly StoryTemplate[] = [
  {
    facts: ['{name} has {a} {things}.', '{friend} gives {name} {b} more {things}.'],
    ask: 'How many {things} does {name} have now?',
    ranges: { a: [3, 60], b: [3, 40] },
    answer: ({ a, b }) => a + b,
  },
  {
    facts: ['There are {a} {things} in a basket and {b} {things} on a table.'],
    ask: 'How many {things} are there in total?',
    ranges: { a: [4, 70], b: [4, 70] },
    answer: ({ a, b }) => a + b,
  },
  {
    facts: ['{name} collected {a} {things} on Monday.', 'On Tuesday {name} collected {b} {things}.'],
    ask: 'How many {things} did {name} collect on both days together?',
    ranges: { a: [5, 50], b: [5, 50] },
    answer: ({ a, b }) => a + b,
  },
  {
    facts: ['{friend} owns {a} {things}.', '{name} owns {b} {things} more than {friend}.'],
    ask: 'How many {things} does {name} own?',
    ranges: { a: [6, 60], b: [2, 30] },
    answer: ({ a, b }) => a + b,
  },
  {
    facts: ['{name} had {a} {things}.', '{name} gave {b} of them to {friend}.'],
    ask: 'How many {things} does {name} have left?',
    ranges: { a: [8, 90], b: [2, 60] },
    answer: ({ a, b }) => minus(a, b),
  },
  {
    facts: ['A shop had {a} {things} in the morning.', 'By the evening {b} {things} were sold.'],
    ask: 'How many {things} were not sold?',
    ranges: { a: [10, 99], b: [3, 80] },
    answer: ({ a, b }) => minus(a, b),
  },
  {
    facts: ['{name} wants to have {a} {things}.', 'So far {name} has {b} {things}.'],
    ask: 'How many more {things} does {name} need?',
    ranges: { a: [10, 90], b: [3, 70] },
    answer: ({ a, b }) => minus(a, b),
  },
  {
    facts: ['{name} counted {a} {things}.', '{friend} counted {b} {things}.'],
    ask: 'How many more {things} did {name} count than {friend}?',
    ranges: { a: [12, 90], b: [4, 80] },
    answer: ({ a, b }) => minus(a, b),
  },
  {
    facts: ['{name} fills {a} bags.', 'Every bag holds {b} {things}.'],
    ask: 'How many {things} are in the bags altogether?',
    ranges: { a: [2, 12], b: [2, 15] },
    answer: ({ a, b }) => a * b,
  },
  {
    facts: ['A shelf has {a} rows with {b} {things} in each row.'],
    ask: 'How many {things} are on the shelf?',
    ranges: { a: [2, 12], b: [3, 15] },
    answer: ({ a, b }) => a * b,
  },
  {
    facts: ['{name} buys {a} {things} every week.', '{name} does this for {b} weeks.'],
    ask: 'How many {things} does {name} buy in that time?',
    ranges: { a: [3, 20], b: [2, 10] },
    answer: ({ a, b }) => a * b,
  },
  {
    facts: ['{name} shares {a} {things} equally among {b} children.'],
    ask: 'How many {things} does each child get?',
    ranges: { a: [6, 96], b: [2, 12] },
    answer: ({ a, b }) => over(a, b),
  },
  {
    facts: ['{name} packs {a} {things} into boxes.', 'Each box holds exactly {b} {things}.'],
    ask: 'How many boxes does {name} fill?',
    ranges: { a: [8, 96], b: [2, 12] },
    answer: ({ a, b }) => over(a, b),
  },
  {
    facts: ['{name} and {friend} have {a} {things} together.', '{b} of these {things} belong to {friend}.'],
    ask: 'How many {things} belong to {name}?',
    ranges: { a: [10, 90], b: [3, 70] },
    answer: ({ a, b }) => minus(a, b),
  },
];
