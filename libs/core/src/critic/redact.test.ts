import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { redactGold } from '../index.js';

describe('redacting a numeric gold answer', () => {
  it.each([
    '1450000',
    '1,450,000',
    '1450000.0',
    '$1,450,000',
    '$1,450,000.00',
    '-1450000',
    '1.45e6',
    '1\u00a0450\u00a0000',
    '2900000/2',
    'x=1450000',
    '1450000km',
  ])('finds %j', (notation) => {
    const { text, redactions } = redactGold(`It should have said ${notation}, at last.`, '1450000');
    expect(redactions).toBe(1);
    expect(text).toMatch(/^It should have said .*\[redacted\].*, at last\.$/);
    expect(text).not.toMatch(/\d{3}/);
  });

  it.each(['14500001', '1,450,000,000', '1450000.5', '0.1450000', '145'])(
    'leaves the other number %j alone',
    (other) => {
      expect(redactGold(`There were ${other} of them`, '1450000')).toEqual({
        text: `There were ${other} of them`,
        redactions: 0,
      });
    },
  );

  it.each([
    ['18', 'the model should say eighteen.', 'the model should say [redacted].'],
    ['18', 'Eighteen!', '[redacted]!'],
    ['21', 'twenty-one or twenty one', '[redacted] or [redacted]'],
    ['20', 'twenty, not twenty-one', '[redacted], not twenty-one'],
    ['1', 'just one apple', 'just [redacted] apple'],
    ['105', 'one hundred and five', '[redacted]'],
    ['100', 'a hundred, not one hundred five', '[redacted], not one hundred five'],
    ['5', 'five hundred, twenty-five, fivefold', 'five hundred, twenty-five, fivefold'],
    ['1', 'no one, this one, one of them, one by one', 'no one, this one, one of them, one by one'],
  ])('in words: %s in %j', (gold, before, after) => {
    expect(redactGold(before, gold).text).toBe(after);
  });

  it('takes the final answer of a worked solution as the gold answer', () => {
    expect(redactGold('It is 7, from 3 and 4.', '3 + 4 = 7\n#### 7')).toEqual({
      text: 'It is [redacted], from 3 and 4.',
      redactions: 1,
    });
  });

  it('finds both sides of a fraction', () => {
    expect(redactGold('18/5 and 5/18', '18').text).toBe('[redacted]/5 and 5/[redacted]');
  });
});

describe('redacting a gold answer in words', () => {
  it('ignores case and white space, and stops at word edges', () => {
    expect(redactGold('NEW  york, not New Yorker', 'New York').text).toBe('[redacted], not New Yorker');
  });

  it('takes a single letter in its own case only', () => {
    expect(redactGold('B is a better choice than b', 'B').text).toBe('[redacted] is a better choice than b');
  });

  it('takes signs of formulas and patterns literally', () => {
    expect(redactGold('so x^2 + 1 (or 2x)', 'x^2 + 1').text).toBe('so [redacted] (or 2x)');
    expect(redactGold('aXb', 'a.b').redactions).toBe(0);
    expect(redactGold('in New-York', 'New-York').text).toBe('in [redacted]');
  });

  it('of an empty gold answer there is nothing to redact', () => {
    expect(redactGold('text', ' ')).toEqual({ text: 'text', redactions: 0 });
  });
});

describe('redacting a formula', () => {
  it.each([
    [
      '\\frac{1}{2}',
      'It is 1/2, 0.5, \\frac{1}{2}, $\\dfrac12$ or $\\frac{2}{4}$.',
      'It is [redacted], [redacted], [redacted], $[redacted]$ or $[redacted]$.',
    ],
    [
      '\\sqrt{2}',
      'so \\sqrt{2} and $\\sqrt 2$, not \\sqrt{3}',
      'so [redacted] and [redacted], not \\sqrt{3}',
    ],
    ['2x+3', 'It is 2x + 3, or $3+2x$; not $2x-3$.', 'It is [redacted], or [redacted]; not $2x-3$.'],
    ['[0,9)', 'in [0, 9), \\boxed{\\left[0,9\\right)}, not (0,9)', 'in [redacted], [redacted], not (0,9)'],
    ['\\left(3, -1\\right)', 'the point (3,-1) or $(3,\\ -1)$', 'the point [redacted] or [redacted]'],
    [
      '\\text{even}',
      'They are even, \\text{even}; not uneven.',
      'They are [redacted], [redacted]; not uneven.',
    ],
    [
      '18 dollars',
      'It says 18, $18 and 18 dollars.',
      'It says [redacted], [redacted] and [redacted] dollars.',
    ],
    ['\\boxed{7}', 'It is 7.', 'It is [redacted].'],
  ])('%s in %j', (gold, before, after) => {
    expect(redactGold(before, gold).text).toBe(after);
  });
});

describe('redacting an option', () => {
  it.each([
    [
      '(B)',
      'The answer is (B), not (A). Option B, or option b.',
      'The answer is ([redacted]), not (A). Option [redacted], or option [redacted].',
    ],
    ['B', 'B) is right, **B**; a bad BBC b', '[redacted]) is right, **[redacted]**; a bad BBC b'],
    [
      'A',
      'A clearer prompt would have led to A, not B. Option A: (a).',
      'A clearer prompt would have led to [redacted], not B. Option [redacted]: ([redacted]).',
    ],
    ['B) Paris', 'It is Paris, so (B).', 'It is [redacted], so ([redacted]).'],
  ])('%s in %j', (gold, before, after) => {
    expect(redactGold(before, gold).text).toBe(after);
  });
});

describe('redacting JSON', () => {
  it('finds the whole in any layout, and its values', () => {
    const gold = '{"name": "Rosa", "age": 31, "ok": true}';
    expect(redactGold('Say {"name":"Rosa","age":31,\n"ok":true}: Rosa is 31, true.', gold).text).toBe(
      'Say [redacted]: [redacted] is [redacted], true.',
    );
  });
});

describe('property', () => {
  const pieces = fc.constantFrom(
    '18',
    '7',
    '-',
    '/',
    ',',
    '.',
    '%',
    '$',
    'e',
    ' ',
    'eighteen',
    'one',
    'redacted',
    '[',
    ']',
    '[redacted]',
    'hundred ',
    '000',
    'B',
    '\n',
  );
  const text = fc.array(pieces, { maxLength: 25 }).map((parts) => parts.join(''));
  const gold = fc.constantFrom(
    '18',
    '7',
    '-7',
    '1',
    '0.18',
    '1,800',
    '18%',
    'B',
    'redacted',
    '[',
    'eighteen',
    '118',
    '#### 18',
    '1/7',
    '[redacted]',
    '\\frac{1}{7}',
    '(B)',
    'A',
    '{"a": 18}',
    '[0,7)',
    '7 - B',
  );

  it('redacting twice changes nothing more', () => {
    fc.assert(
      fc.property(text, gold, (before, answer) => {
        const once = redactGold(before, answer).text;
        expect(redactGold(once, answer)).toEqual({ text: once, redactions: 0 });
      }),
      { numRuns: 1000 },
    );
  });

  it('no notation of a numeric gold answer survives as a number of its own', () => {
    const words = fc.array(fc.constantFrom('so', 'the model', 'said', '=', '(', ')', ':', 'dollars'), {
      maxLength: 5,
    });
    fc.assert(
      fc.property(fc.nat({ max: 10_000_000 }), words, words, (value, before, after) => {
        for (const notation of [
          `${value}`,
          value.toLocaleString('en-US'),
          `${value}.00`,
          `$${value}`,
          `-${value}`,
          `${value}%`,
        ]) {
          const { text, redactions } = redactGold([...before, notation, ...after].join(' '), String(value));
          expect(redactions).toBe(1);
          expect(text).not.toMatch(/\d/);
        }
      }),
    );
  });

  it('what does not name the gold answer stays as it is', () => {
    fc.assert(
      fc.property(fc.nat(5000), fc.nat(5000), (value, other) => {
        fc.pre(value !== other);
        const sentence = `There are ${other} of them.`;
        expect(redactGold(sentence, String(value)).text).toBe(sentence);
      }),
    );
  });
});
