import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { gradingSettings } from '../../config/grading.js';
import { goldProblem, gradeText } from '../index.js';

type Options = Parameters<typeof gradingSettings>[0]['json'];

function grade(text: string, gold: string, json: Options = {}, form: 'answer' | 'response' = 'response') {
  return gradeText(gradingSettings({ kind: 'json', json }), { text, form }, gold);
}
const correct = (...args: Parameters<typeof grade>) => grade(...args).correct;

describe('kind json compares values', () => {
  it.each([
    ['{"b": 2, "a": 1}', '{"a":1,"b":2}'],
    ['{"a": 1.50e2}', '{"a":150}'],
    ['[0.10, -0, 12345678901234567890.0]', '[1e-1, 0, 12345678901234567890]'],
    ['"\\u0041\\u030a"', '"Å"'],
    ['{"a": 1, "a": 2}', '{"a":2}'],
    ['[1e400]', '[10e399]'],
    ['null', 'null'],
    ['{"__proto__": {"a": 1}}', '{"__proto__": {"a": 1}}'],
  ])('%s equals %s', (text, gold) => expect(correct(text, gold)).toBe(true));

  it.each([
    ['{"a": 1}', '{"a":2}', 'a is another number'],
    ['[12345678901234567891]', '[12345678901234567890]', '[0] is another number'],
    ['[1e400]', '[1e401]', '[0] is another number'],
    ['{"a": {"b": [1, "x"]}}', '{"a":{"b":[1,"y"]}}', 'a.b[1] is another text'],
    ['{"a": "1"}', '{"a":1}', 'a has another type'],
    ['{}', '{"secret":1}', 'the value lacks a member'],
    ['{"a": 1, "more": 2}', '{"a":1}', 'more is a member too many'],
    ['[2, 1]', '[1, 2]', '[0] is another number'],
    ['[1]', '[1, 2]', 'the list has another number of items'],
    ['true', 'false', 'the value differs'],
    ['', '{"a":1}', 'the response is empty'],
    ['It is one.', '{"a":1}', 'there is no JSON in the response'],
    ['{"a": 1', '{"a":1}', 'there is no JSON in the response'],
  ])('%s differs from %s: %s', (text, gold, reason) =>
    expect(grade(text, gold)).toMatchObject({ correct: false, reason }),
  );

  it('lets members be left out, extra ones be there, items stand in any order, numbers be near, as the settings say', () => {
    expect(correct('{"a": 1, "b": 2}', '{"a":1}', { extra: 'allow' })).toBe(true);
    expect(correct('{"a": 1, "b": 3}', '{"a":1,"b":2}', { fields: ['a'] })).toBe(true);
    expect(grade('{"a": [{"p": 2}]}', '{"a":[{"p":1}]}', { fields: ['a.0.p'] }).reason).toBe(
      'a.0.p is another number',
    );
    expect(grade('{}', '{"a":1}', { fields: ['a'] }).reason).toBe('a is missing');
    expect(correct('[3, 1, [2, 1]]', '[[1, 2], 1, 3.0]', { arrays: 'unordered' })).toBe(true);
    expect(correct('[1, 1, 2]', '[1, 2, 2]', { arrays: 'unordered' })).toBe(false);
    expect(correct('[1.1]', '[1.0]', { tolerance: 0.1 })).toBe(true);
    expect(correct('[1.11]', '[1.0]', { tolerance: 0.1 })).toBe(false);
    // 1.0 is near to both, 1.1 to one of them only: the pairs have to be chosen together.
    expect(correct('[1.0, 1.1]', '[1.05, 0.95]', { tolerance: 0.06, arrays: 'unordered' })).toBe(true);
    expect(
      correct('[{"a":1,"z":0},{"a":2}]', '[{"a":2},{"a":1}]', { arrays: 'unordered', extra: 'allow' }),
    ).toBe(true);
  });
});

describe('kind json finds the JSON of a response', () => {
  it.each([
    ['Here it is:\n```json\n{"a": 1}\n```\nSee [2] and {x}.', 'json'],
    ['First {"a": 2}, no: {"a": 1}. Done.', 'json'],
    ['[see {"a": 1}', 'json'],
    ['{"note: {"a": 1}', 'json'],
    ['{ {"a": 1}', 'json'],
    ['```\n{"a": 2}\n```\n```\n{"a": 1}\n```', 'json'],
    ['{"a": 1} as in [1]', 'json'],
    ['  {"a": 1}  ', 'whole'],
  ])('%j', (text, method) => expect(grade(text, '{"a":1}')).toMatchObject({ correct: true, method }));

  it('takes nothing that an unfinished answer follows', () => {
    const settings = gradingSettings({ kind: 'json' });
    const cut = (text: string) =>
      gradeText(settings, { text, form: 'response', finish: 'length' }, '{"a":1}').correct;
    expect(cut('{"a": 1}. Or rather {"a": ')).toBe(false);
    expect(cut('{"a": 1}. I hope that this')).toBe(true);
  });

  it('takes an answer as a whole first', () => {
    expect(grade('[1]', '{"a":1}', {}, 'answer')).toMatchObject({
      correct: false,
      method: 'whole',
      extracted: '[1]',
    });
  });
});

describe('a gold answer of kind json', () => {
  it('is JSON, and has the fields that count', () => {
    const problem = (gold: string, json: Options = {}) =>
      goldProblem(gradingSettings({ kind: 'json', json }), gold);
    expect(problem('{"a": 1}')).toBeUndefined();
    expect(problem("{'a': 1}")).toBe('is no JSON: at character 2 the name of a member is expected');
    expect(problem('{"a": 1}', { fields: ['b'] })).toMatch(/^has no b, which grading\.json\.fields names/);
  });
});

describe('kind json with any input', () => {
  it('takes what JSON.stringify writes as equal to itself, however it is spaced and ordered', () => {
    const reversed = (value: unknown): unknown => {
      if (Array.isArray(value)) return value.map(reversed);
      if (typeof value !== 'object' || value === null) return value;
      return Object.fromEntries(
        Object.entries(value)
          .reverse()
          .map(([key, member]) => [key, reversed(member)]),
      );
    };
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 6 }), (value) => {
        const gold = JSON.stringify(value);
        expect(correct(JSON.stringify(reversed(value), undefined, 2), gold)).toBe(true);
        expect(correct(`Well:\n\`\`\`json\n${gold}\n\`\`\``, gold)).toBe(true);
        expect(correct(JSON.stringify([value]), gold)).toBe(false);
      }),
      { seed: 5, numRuns: 300 },
    );
  });

  it.each(['[', '{', '{"a":', '"', '[1,', '\\', '```\n', '{"', '[{"a":['])(
    'takes a megabyte of %j in its stride',
    (part) => {
      const text = part.repeat(1e6 / part.length);
      const begun = performance.now();
      expect(correct(text, '{"a":1}')).toBe(false);
      expect(correct(`${text}\n{"a":1}`, '{"a":1}', {}, 'answer')).toBeTypeOf('boolean');
      expect(performance.now() - begun).toBeLessThan(5000);
    },
  );
});
