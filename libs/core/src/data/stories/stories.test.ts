import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  DataError,
  generateArithmeticStories,
  maxSeed,
  numberTokens,
  sha256Hex,
  canonicalJson,
} from '../../index.js';
import { gradeResponse } from '../../grading/testing/grade-response.js';
import { level1 } from './level1.js';
import { level2 } from './level2.js';
import { level3 } from './level3.js';

const settings = { count: 60, seed: 7, levels: [1, 2, 3], distractors: 0.25 };

describe('generated arithmetic stories', () => {
  it('are fixed for all time by their seed', () => {
    expect(generateArithmeticStories({ ...settings, count: 3 })).toMatchInlineSnapshot(`
      [
        {
          "answer": "28",
          "id": "story-1-75c292705c124510",
          "level": 1,
          "question": "Rosa had 75 books. Rosa gave 47 of them to Tara. How many books does Rosa have left?",
        },
        {
          "answer": "20",
          "id": "story-2-25d11c54cf13f2bd",
          "level": 2,
          "question": "Dario unpacks 4 crayons. Ines unpacks 6 times as many, but 4 of those are broken. How many whole crayons does Ines unpack?",
        },
        {
          "answer": "64",
          "id": "story-3-3de965db1b169d29",
          "level": 3,
          "question": "Elif picks 10 oranges in the morning and 6 in the afternoon. Farid is 13 years old. This happens on each of 6 days. Afterwards 32 oranges are given to Farid. How many oranges does Elif keep?",
        },
      ]
    `);
    expect(
      sha256Hex(canonicalJson(generateArithmeticStories({ ...settings, count: 1000 }))),
    ).toMatchInlineSnapshot(`"1bcdb2422354655071459f1c641fe96545d468a1cf76c4e4c1fa63de4e321e29"`);
  });

  it('differ between seeds', () => {
    expect(generateArithmeticStories({ ...settings, seed: 8 })).not.toEqual(
      generateArithmeticStories(settings),
    );
  });

  it('of a larger set begin with those of a smaller one', () => {
    expect(generateArithmeticStories({ ...settings, count: 90 }).slice(0, 60)).toEqual(
      generateArithmeticStories(settings),
    );
  });

  it('take turns in their levels', () => {
    expect(
      generateArithmeticStories({ ...settings, count: 5, levels: [2, 3] }).map(({ level }) => level),
    ).toEqual([2, 3, 2, 3, 2]);
  });

  it('have a distractor as often as asked for', () => {
    const sentences = (distractors: number) =>
      generateArithmeticStories({ ...settings, count: 300, levels: [1], distractors })
        .map(({ question }) => numberTokens(question))
        .filter((numbers) => [...numbers].length > 2).length;
    expect(sentences(0)).toBe(0);
    expect(sentences(1)).toBe(300);
    expect(sentences(0.25)).toBeGreaterThan(45);
    expect(sentences(0.25)).toBeLessThan(105);
  });

  it.each([
    [1, level1],
    [2, level2],
    [3, level3],
  ])('of level %i have at least twelve templates, all of which are told', (level, templates) => {
    expect(templates.length).toBeGreaterThanOrEqual(12);
    const stories = generateArithmeticStories({ ...settings, count: 600, levels: [level], distractors: 0 });
    for (const { ask } of templates) {
      const pattern = new RegExp(`${ask.replaceAll(/[?.]/g, '\\$&').replaceAll(/\{\w+\}/g, '\\w+')}$`);
      expect(stories.some(({ question }) => pattern.test(question))).toBe(true);
    }
  });

  it('property: are complete sentences with whole, non-negative answers, unique, and gradable', () => {
    fc.assert(
      fc.property(
        fc.nat(maxSeed),
        fc.constantFrom([1], [2], [3], [1, 2, 3]),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (seed, levels, distractors) => {
          const stories = generateArithmeticStories({ count: 40, seed, levels, distractors });
          expect(new Set(stories.map(({ question }) => question)).size).toBe(40);
          expect(new Set(stories.map(({ id }) => id)).size).toBe(40);
          for (const { question, answer } of stories) {
            expect(answer).toMatch(/^\d+$/);
            expect(question).toMatch(/^[A-Z0-9][^{}]*\?$/);
            expect(question).not.toMatch(/undefined|NaN| {2}/);
            expect(gradeResponse('number', `The answer is ${answer}.`, answer).correct).toBe(true);
          }
        },
      ),
      { numRuns: 30 },
    );
  });

  it('list every wrong setting', () => {
    expect(() => generateArithmeticStories({ count: -1, seed: 1, levels: [4], distractors: 2 })).toThrow(
      /count: is -1.*levels: has 4.*distractors: is 2/s,
    );
    expect(() => generateArithmeticStories({ ...settings, levels: [] })).toThrow(DataError);
  });

  it('keep to the largest number', () => {
    const stories = generateArithmeticStories({
      count: 200,
      seed: 3,
      levels: [1, 2],
      distractors: 0.5,
      largest: 12,
    });
    const numbers = stories.flatMap(({ question }) => (question.match(/\d+/g) ?? []).map(Number));
    expect(Math.max(...numbers)).toBe(12);
  });

  it('refuse a largest number that leaves too few stories', () => {
    const settings = { count: 1, seed: 1, levels: [1], distractors: 0, largest: 3 };
    expect(() => generateArithmeticStories(settings)).toThrow('data.generated.largest');
  });
});
