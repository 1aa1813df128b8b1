import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compareMath } from '../index.js';
import { evaluate, styles, usable, write, type Expression } from '../testing/expressions.js';

const seeded = { seed: 20_251_123, numRuns: 400 };
const style = fc.constantFrom(...styles);
const isEqual = (a: string, b: string): boolean => compareMath(a, b).equal;
const one: Expression = { kind: 'integer', value: 1 };

describe('values', () => {
  it('do not depend on the notation', () => {
    fc.assert(
      fc.property(usable, style, style, (node, a, b) => {
        expect(isEqual(write(node, a), write(node, b))).toBe(true);
      }),
      seeded,
    );
  });

  it('survive rewriting by rules of algebra', () => {
    const rewritings: ((node: Expression, other: Expression) => [Expression, Expression])[] = [
      (left, right) => [
        { kind: 'add', left, right },
        { kind: 'add', left: right, right: left },
      ],
      (left, right) => [
        { kind: 'multiply', left, right },
        { kind: 'multiply', left: right, right: left },
      ],
      (node) => [node, { kind: 'negate', of: { kind: 'negate', of: node } }],
      (node) => [
        node,
        {
          kind: 'divide',
          left: { kind: 'add', left: node, right: node },
          right: { kind: 'integer', value: 2 },
        },
      ],
      (node) => [
        { kind: 'power', base: node, exponent: 2 },
        { kind: 'multiply', left: node, right: node },
      ],
      (left, right) => [
        { kind: 'power', base: { kind: 'add', left, right }, exponent: 2 },
        {
          kind: 'add',
          left: {
            kind: 'add',
            left: { kind: 'power', base: left, exponent: 2 },
            right: { kind: 'power', base: right, exponent: 2 },
          },
          right: {
            kind: 'multiply',
            left: { kind: 'integer', value: 2 },
            right: { kind: 'multiply', left, right },
          },
        },
      ],
    ];
    fc.assert(
      fc.property(usable, usable, fc.constantFrom(...rewritings), style, style, (x, y, rewrite, a, b) => {
        const [left, right] = rewrite(x, y);
        expect(isEqual(write(left, a), write(right, b))).toBe(true);
      }),
      seeded,
    );
  });

  it('change with what changes them', () => {
    const changes: ((node: Expression) => Expression)[] = [
      (node) => ({ kind: 'add', left: node, right: one }),
      (node) => ({
        kind: 'add',
        left: node,
        right: {
          kind: 'divide',
          left: one,
          right: { kind: 'power', base: { kind: 'integer', value: 997 }, exponent: 20 },
        },
      }),
      (node) => ({
        kind: 'add',
        left: { kind: 'multiply', left: node, right: { kind: 'integer', value: 2 } },
        right: { kind: 'integer', value: evaluate(node) === 0 ? 1 : 0 },
      }),
    ];
    fc.assert(
      fc.property(usable, fc.constantFrom(...changes), style, style, (node, change, a, b) => {
        const [before, after] = [write(node, a), write(change(node), b)];
        expect([isEqual(before, after), isEqual(after, before)]).toEqual([false, false]);
      }),
      seeded,
    );
  });

  it('that differ as doubles are different, in both directions', () => {
    fc.assert(
      fc.property(usable, usable, style, (x, y, a) => {
        const [p, q] = [evaluate(x), evaluate(y)];
        fc.pre(Math.abs(p - q) > 1e-6 * Math.max(Math.abs(p), Math.abs(q)));
        expect(isEqual(write(x, a), write(y, a))).toBe(false);
        expect(isEqual(write(y, a), write(x, a))).toBe(false);
      }),
      seeded,
    );
  });
});

describe('structures', () => {
  const members = fc.uniqueArray(fc.integer({ min: -99, max: 99 }), { minLength: 2, maxLength: 6 });

  it('of members keep their value in any order, not with another member', () => {
    fc.assert(
      fc.property(
        members,
        fc.nat(),
        fc.constantFrom(['', ''], ['\\{', '\\}']),
        (list, turn, [open, close]) => {
          const turned = [...list.slice(turn % list.length), ...list.slice(0, turn % list.length)].reverse();
          const text = (of: number[]): string => `${open}${of.join(', ')}${close}`;
          const changed = list.map((member, index) =>
            index === turn % list.length ? member + 1000 : member,
          );
          expect(isEqual(text(turned), text(list))).toBe(true);
          expect(isEqual(text(changed), text(list))).toBe(false);
          expect(isEqual(text(list.slice(1)), text(list))).toBe(false);
        },
      ),
      seeded,
    );
  });

  it('of parts in order keep their value with their order and brackets only', () => {
    const brackets = fc.constantFrom(
      ...['()', '[]', '(]', '[)'].map((pair) => pair.split('') as [string, string]),
    );
    fc.assert(
      fc.property(
        fc.integer({ min: -99, max: 0 }),
        fc.integer({ min: 1, max: 99 }),
        brackets,
        brackets,
        (low, high, given, expected) => {
          const text = (a: number, b: number, [open, close]: [string, string]): string =>
            `\\left${open}${a}, ${b}\\right${close}`;
          const same = given.join('') === expected.join('');
          expect(isEqual(text(low, high, given), text(low, high, expected))).toBe(same);
          expect(isEqual(text(high, low, given), text(low, high, given))).toBe(false);
        },
      ),
      seeded,
    );
  });
});

describe('any text', () => {
  const pieces = [
    '\\frac',
    '{',
    '}',
    '(',
    ')',
    '[',
    ']',
    '^',
    '_',
    '\\sqrt',
    '\\left',
    '\\right',
    '\\begin{pmatrix}',
    '\\end{pmatrix}',
    '&',
    '\\\\',
    '\\text{',
    'and',
    ',',
    ';',
    '=',
    '<',
    '\\le',
    '\\cup',
    '\\in',
    '|',
    '!',
    '\\pm',
    '-',
    '+',
    '/',
    '*',
    ':',
    '\\%',
    '^\\circ',
    '$',
    '9',
    '10',
    '0',
    'x',
    'f(',
    'i',
    'e',
    '\\pi',
    '\\infty',
    '\\sin',
    '\\log',
    '\u202e',
    '\u200b',
    ' ',
    '1e99',
    '\\{',
    '\\}',
    '999999',
    '~',
  ];

  it('gets a verdict, and equals itself unless it is empty', () => {
    const soup = fc.array(fc.constantFrom(...pieces), { maxLength: 40 }).map((all) => all.join(''));
    fc.assert(
      fc.property(fc.oneof(soup, fc.string({ unit: 'binary', maxLength: 200 })), soup, (a, b) => {
        expect(typeof compareMath(a, b).equal).toBe('boolean');
        const itself = compareMath(a, a);
        expect(itself.equal || itself.reason === 'the answer is empty').toBe(true);
      }),
      { ...seeded, numRuns: 3000 },
    );
  });
});
