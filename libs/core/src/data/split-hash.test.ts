import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRandom, describeSplits, hashSplit } from '../index.js';

const pair = fc.record({ question: fc.string({ unit: 'binary' }), answer: fc.string() });

describe('hashSplit', () => {
  it('is fixed for all time: reports of different versions can be compared', () => {
    expect([hashSplit([]), hashSplit([{ question: 'What is 1 + 1?', answer: '2' }])]).toMatchInlineSnapshot(`
      [
        "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        "sha256:e2b922f4b8417954a6a118dc72f390bd127b0f589335af0299c173aab27fa669",
      ]
    `);
  });

  it('property: depends on questions and answers, not on order, ids, splits or levels', () => {
    fc.assert(
      fc.property(fc.array(pair), fc.nat(), (pairs, seed) => {
        const named = pairs.map((one, index) => ({
          ...one,
          id: `q${index}`,
          split: 'test' as const,
          level: 3,
        }));
        expect(hashSplit(createRandom(seed).shuffle(named))).toBe(hashSplit(pairs));
      }),
      { seed: 1 },
    );
  });

  it('property: another question, answer or number of examples is another hash', () => {
    fc.assert(
      fc.property(fc.array(pair), pair, (pairs, more) => {
        const hash = hashSplit(pairs);
        expect(hashSplit([...pairs, more])).not.toBe(hash);
        const [first, ...rest] = pairs;
        if (!first) return;
        expect(hashSplit([{ ...first, answer: `${first.answer}1` }, ...rest])).not.toBe(hash);
        expect(hashSplit([{ question: `${first.question} `, answer: first.answer }, ...rest])).not.toBe(hash);
      }),
      { seed: 1 },
    );
  });

  it('does not join question and answer: where one ends counts', () => {
    expect(hashSplit([{ question: 'a', answer: 'bc' }])).not.toBe(
      hashSplit([{ question: 'ab', answer: 'c' }]),
    );
  });

  it('is the same of a text and of what a database makes of it', () => {
    const hash = hashSplit([{ question: 'a\u{FFFD}b\u{FFFD}', answer: '1' }]);
    expect(hashSplit([{ question: 'a\0b\uD800', answer: '1' }])).toBe(hash);
  });
});

describe('describeSplits', () => {
  it('tells size and hash of each split that has examples', () => {
    const train = [{ question: 'a', answer: '1' }];
    const test = [...train, { question: 'b', answer: '2' }];
    expect(describeSplits({ test, confirmation: [], train })).toEqual([
      { split: 'train', examples: 1, hash: hashSplit(train) },
      { split: 'test', examples: 2, hash: hashSplit(test) },
    ]);
  });
});
