/** First names; a story uses two different ones. */
export const names = [
  'Amara',
  'Ben',
  'Chloe',
  'Dario',
  'Elif',
  'Farid',
  'Greta',
  'Hugo',
  'Ines',
  'Jonas',
  'Keiko',
  'Liam',
  'Mona',
  'Nadia',
  'Omar',
  'Priya',
  'Quinn',
  'Rosa',
  'Samir',
  'Tara',
  'Uma',
  'Viktor',
  'Wanda',
  'Yusuf',
  'Zoe',
] as const;

/** Countable things, plural. */
export const things = [
  'apples',
  'books',
  'buttons',
  'cards',
  'coins',
  'cookies',
  'crayons',
  'eggs',
  'flowers',
  'lemons',
  'marbles',
  'muffins',
  'nuts',
  'oranges',
  'pears',
  'pencils',
  'shells',
  'stamps',
  'stickers',
  'stones',
  'tomatoes',
  'toys',
] as const;

/** What is baked, plural. */
export const pastries = [
  'bagels',
  'buns',
  'cookies',
  'muffins',
  'pies',
  'pretzels',
  'rolls',
  'waffles',
] as const;

/** What grows on plants, plural. */
export const fruits = ['beans', 'berries', 'cherries', 'melons', 'peppers', 'tomatoes'] as const;

/** Sentences whose number {n} has nothing to do with the question. */
export const distractors = [
  '{friend} is {n} years old.',
  'It is {n} minutes past noon.',
  'The house of {name} is number {n}.',
  '{friend} lives {n} kilometers away.',
  'The room is {n} degrees warm.',
  'The bus to town has {n} seats.',
  '{name} read {n} pages of a novel this morning.',
  'A dog next door barked {n} times.',
  '{friend} has been on holiday for {n} days.',
  'The wall calendar shows day {n} of the month.',
] as const;
