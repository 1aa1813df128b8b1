import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  contentId,
  createRandom,
  DataError,
  describeSplits,
  type Example,
  exampleSplits,
  generateArithmeticStories,
  gradingSettings,
  splitExamples,
  validateExamples,
} from '../index.js';

function examples(count: number, split?: Example['split']): Example[] {
  return Array.from({ length: count }, (_, i) => ({
    id: `${split ?? 'q'}${i}`,
    question: `${split ?? 'free'} ${i}?`,
    answer: String(i),
    ...(split && { split }),
  }));
}

const sizes = (splits: ReturnType<typeof splitExamples>) => exampleSplits.map((name) => splits[name].length);

describe('splitExamples', () => {
  it('cuts by shares', () => {
    expect(
      sizes(splitExamples(examples(300), { train: 0.5, validation: 0.15, confirmation: 0, test: 0.35 }, 1)),
    ).toEqual([150, 45, 0, 105]);
    expect(
      sizes(splitExamples(examples(10), { train: 0.1, validation: 0.2, confirmation: 0.3, test: 0.4 }, 1)),
    ).toEqual([1, 2, 3, 4]);
  });

  it('cuts by counts and leaves the rest out', () => {
    expect(
      sizes(splitExamples(examples(30), { train: 10, validation: 5, confirmation: 1, test: 4 }, 1)),
    ).toEqual([10, 5, 1, 4]);
  });

  it('keeps what has a split and divides the others', () => {
    const all = [...examples(7, 'test'), ...examples(10)];
    const splits = splitExamples(all, { train: 0.9, validation: 0.1, confirmation: 0, test: 0 }, 1);
    expect(sizes(splits)).toEqual([9, 1, 0, 7]);
    expect(splits.test.map(({ id }) => id)).toEqual(examples(7, 'test').map(({ id }) => id));
  });

  it('needs no settings for a data set that comes divided', () => {
    const all = [...examples(3, 'train'), ...examples(2, 'validation'), ...examples(2, 'test')];
    expect(
      sizes(splitExamples(all, { train: 0.5, validation: 0.15, confirmation: 0, test: 0.35 }, 1)),
    ).toEqual([3, 2, 0, 2]);
  });

  it('lists every problem at once', () => {
    const attempt = () =>
      splitExamples(
        [...examples(4), ...examples(1)],
        { train: 100, validation: 0, confirmation: 0, test: 3 },
        1,
      );
    expect(attempt).toThrow(DataError);
    for (const part of [
      'examples[4].id',
      'asks for 103 examples',
      'data.split.validation',
      'data.split.test',
    ])
      expect(attempt).toThrow(part);
  });

  const shares = fc.tuple(fc.nat(10), fc.nat(10), fc.nat(10), fc.nat(10)).map(([a, b, c, d]) => ({
    train: (a + 2) / 44,
    validation: (b + 2) / 44,
    confirmation: c / 44,
    test: d / 44,
  }));

  it('property: no example is lost to two splits, and the order of the input does not matter', () => {
    fc.assert(
      fc.property(shares, fc.integer({ min: 60, max: 200 }), fc.nat(), (settings, count, seed) => {
        const all = examples(count);
        const splits = splitExamples(all, settings, seed);
        const ids = exampleSplits.flatMap((name) => splits[name].map(({ id }) => id));
        expect(new Set(ids).size).toBe(ids.length);
        expect(splitExamples(all.toReversed(), settings, seed)).toEqual(splits);
        for (const name of exampleSplits) {
          expect(Math.abs(splits[name].length - settings[name] * count)).toBeLessThanOrEqual(1);
          for (const example of splits[name]) expect(example.split).toBe(name);
        }
      }),
    );
  });

  it('property: counts are met exactly, what came as test stays test and nothing else becomes it, in any order', () => {
    const counts = fc.tuple(fc.integer({ min: 2, max: 40 }), fc.integer({ min: 1, max: 20 }), fc.nat(10));
    fc.assert(
      fc.property(
        counts,
        fc.nat(30),
        fc.nat(20),
        fc.nat(),
        ([train, validation, confirmation], own, left, seed) => {
          const all = [...examples(train + validation + confirmation + left), ...examples(own, 'test')];
          const settings = { train, validation, confirmation, test: 0 };
          const splits = splitExamples(createRandom(seed).shuffle(all), settings, 7);
          expect(sizes(splits)).toEqual([train, validation, confirmation, own]);
          expect(splits.test.every(({ id }) => id.startsWith('test'))).toBe(true);
          expect(splits).toEqual(splitExamples(all, settings, 7));
          expect(describeSplits(splits)).toEqual(
            describeSplits(splitExamples(all.toReversed(), settings, 7)),
          );
        },
      ),
      { seed: 11 },
    );
  });

  it('draws another division for another seed', () => {
    const settings = { train: 0.5, validation: 0.5, confirmation: 0, test: 0 };
    expect(splitExamples(examples(50), settings, 1)).not.toEqual(splitExamples(examples(50), settings, 2));
  });
});

describe('validateExamples', () => {
  it('finds nothing in a good data set', () => {
    expect(
      validateExamples(
        generateArithmeticStories({ count: 50, seed: 1, levels: [1, 2, 3], distractors: 0.5 }),
        gradingSettings({ kind: 'number' }),
      ),
    ).toEqual([]);
  });

  it('lists every problem with its place', () => {
    const bad: Example[] = [
      { id: 'a', question: 'How many?', answer: '3' },
      { id: 'a', question: ' How   many? ', answer: 'three' },
      { id: '', question: ' ', answer: ' ' },
      { id: 'd', question: 'x'.repeat(65_537), answer: '1' },
      JSON.parse('{"id": "e", "question": "Q", "answer": "1", "split": "dev"}') as Example,
    ];
    expect(validateExamples(bad, gradingSettings({ kind: 'number' })).map(({ path }) => path)).toEqual([
      'examples[1].answer',
      'examples[1].id',
      'examples[1].question',
      'examples[2].id',
      'examples[2].question',
      'examples[2].answer',
      'examples[3].question',
      'examples[4].split',
    ]);
  });

  it('takes words as gold answers when text is compared', () => {
    expect(
      validateExamples([{ id: 'a', question: 'Q', answer: 'three' }], gradingSettings({ kind: 'exact' })),
    ).toEqual([]);
  });

  it('an empty data set is a problem', () => {
    expect(validateExamples([], gradingSettings({ kind: 'number' }))).toHaveLength(1);
  });
});

describe('DataError', () => {
  it('shows ten problems and counts the others', () => {
    const problems = Array.from({ length: 12 }, (_, i) => ({ path: `p${i}`, message: 'm' }));
    expect(new DataError(problems).message).toMatch(/p9: m; and 2 more$/);
  });
});

describe('duplicates', () => {
  const grading = gradingSettings({ kind: 'number' });
  const messages = (...examples: Partial<Example>[]) =>
    validateExamples(
      examples.map((example, index) => ({ id: `q${index}`, question: 'How many?', answer: '1', ...example })),
      grading,
    ).map(({ path, message }) => `${path} ${message}`);

  it('are found whatever their case, white space, quotation marks and Unicode form', () => {
    expect(messages({ question: 'Tom’s “é” is 2?' }, { question: ' tom\'s  "E\u0301" is 2? ' })).toEqual([
      expect.stringMatching(
        /^examples\[1\]\.question is that of examples\[0\] too but for case, white space/,
      ),
    ]);
  });

  it('keep their punctuation: it can be the difference', () => {
    expect(messages({ question: 'Evaluate log_8 2.' }, { question: 'Evaluate log_82.' })).toEqual([]);
    expect(messages({ question: 'What is 10²?' }, { question: 'What is 102?' })).toEqual([]);
    expect(messages({ question: 'What is 3 - 1?' }, { question: 'What is 3 + 1?' })).toEqual([]);
  });

  it('say when the answers differ, and when one split leaks into another', () => {
    expect(messages({}, { answer: '2' })[0]).toContain('has another answer');
    expect(messages({ split: 'train' }, { split: 'test' })[0]).toContain(
      'in split train there and test here, so one leaks into the other',
    );
  });

  it('are one problem when their ids were made from the question', () => {
    const id = contentId('How many?');
    expect(messages({ id }, { id })).toHaveLength(1);
    expect(messages({ id: 'a' }, { id: 'a' })).toHaveLength(2);
  });
});

describe('validateExamples', () => {
  it('refuses texts that no file and no database can hold', () => {
    const problems = validateExamples(
      [
        { id: 'a', question: 'half \ud83d', answer: '1' },
        { id: 'b', question: 'nul \0', answer: '1' },
      ],
      gradingSettings({ kind: 'number' }),
    );
    expect(problems.map(({ path }) => path)).toEqual(['examples[0].question', 'examples[1].question']);
  });

  it('wants whole levels and a subject that says something', () => {
    const problems = validateExamples(
      [{ id: 'a', question: 'Q', answer: '1', level: 1.5, subject: '', steps: Number.NaN }],
      gradingSettings({ kind: 'number' }),
    );
    expect(problems.map(({ path }) => path)).toEqual([
      'examples[0].level',
      'examples[0].steps',
      'examples[0].subject',
    ]);
  });
});
