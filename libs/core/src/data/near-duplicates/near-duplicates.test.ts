import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRandom } from '../../index.js';
import { findNearDuplicates } from './leakage.js';
import { QuestionIndex } from './question-index.js';
import { numbersOf, questionShingles, similarity } from './shingles.js';

const same = (a: string, b: string): number => similarity(questionShingles(a), questionShingles(b));

describe('questions are the same but for their numbers', () => {
  it.each([
    ['She bakes muffins with four eggs.', 'She bakes muffins with 4,933,828 eggs.'],
    ['He pays $80,000 and 5.5% more.', 'He pays $8 and 12% more.'],
    ['twenty five cats', '3 cats'],
    ['Tom has 3 bags, of 4 marbles each!', 'tom has 77 bags of 1 marbles each'],
  ])('%s ~ %s', (a, b) => expect(same(a, b)).toBe(1));

  it.each([
    [
      'Tom has 3 bags of marbles and buys 2 more bags.',
      'Anna reads 3 pages of a book and then 2 more pages.',
    ],
    ['小明有三个苹果,他又买了两个梨。', '小红今天在学校读了一本很长的书。'],
  ])('%s is not %s', (a, b) => expect(same(a, b)).toBeLessThan(0.3));

  it('in scripts without spaces too', () => {
    expect(same('小明有3个苹果,他又买了2个梨。', '小明有15个苹果,他又买了88个梨。')).toBe(1);
  });

  it('and tells whether the numbers are the same', () => {
    expect(numbersOf('He pays $80,000 and 5.5 percent.')).toBe('80000 5.5');
    const questions = ['Kim has 12 pens and 4 cups in a box.'];
    expect(findNearDuplicates(['Kim has 12 pens, and 4 cups, in a box'], questions)[0]?.sameNumbers).toBe(
      true,
    );
    expect(findNearDuplicates(['Kim has 13 pens and 4 cups in a box.'], questions)[0]?.sameNumbers).toBe(
      false,
    );
  });
});

describe('the index', () => {
  const words = ['red', 'blue', 'cat', 'dog', 'runs', 'sits', 'fast', 'box', 'tree', 'sun'];
  const question = fc
    .array(fc.constantFrom(...words), { minLength: 3, maxLength: 14 })
    .map((all) => all.join(' '));

  it('property: finds a nearest question exactly when comparing with all would', () => {
    fc.assert(
      fc.property(
        fc.array(question, { minLength: 1, maxLength: 40 }),
        question,
        fc.constantFrom(0.3, 0.5, 0.7, 0.9, 1),
        (questions, asked, threshold) => {
          const all = questions.map((each) => same(each, asked));
          const best = Math.max(...all);
          const found = new QuestionIndex(questions, threshold).nearest(asked);
          expect(found?.similarity).toBe(best < threshold ? undefined : best);
          expect(found === undefined || all[found.position] === best).toBe(true);
        },
      ),
      { seed: 5, numRuns: 500 },
    );
  });

  it('finds the original of every question of which only numbers, case and punctuation changed', () => {
    const random = createRandom(3);
    const word = (): string =>
      `w${String.fromCharCode(97 + random.int(26), 97 + random.int(26), 97 + random.int(26))}`;
    const originals = Array.from({ length: 500 }, () =>
      Array.from({ length: 12 + random.int(30) }, (_, i) => (i % 5 === 2 ? '12' : word())).join(' '),
    );
    const changed = originals.map(
      (text) => `${text.toUpperCase().replaceAll('12', () => String(random.int(1e6)))}?`,
    );
    const found = findNearDuplicates(changed, originals);
    expect(found).toHaveLength(500);
    for (const { position, original } of found) expect(original).toBe(position);
  });

  it('is not slowed down by many questions of one template', () => {
    const templated = Array.from(
      { length: 20_000 },
      (_, n) => `Name${n % 7} has ${n} marbles and gives ${n + 1} away. How many are left in the bag?`,
    );
    // Two thousand comparisons at most of seven different contents: a second would be many times what it takes.
    expect(findNearDuplicates(templated, templated)).toHaveLength(20_000);
  });

  it('knows nothing that is near to nothing', () => {
    expect(findNearDuplicates([], ['a b c'])).toEqual([]);
    expect(findNearDuplicates(['a b c'], [])).toEqual([]);
  });
});
