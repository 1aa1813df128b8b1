import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Example } from '../example.js';
import { apportion, strataOf } from './strata.js';

const example = (id: number, more: Partial<Example> = {}): Example => ({
  id: `q${id}`,
  question: 'x'.repeat(id),
  answer: '1',
  ...more,
});
const sizesOf = (strata: Map<string, Example[]>): Record<string, number> =>
  Object.fromEntries([...strata].map(([name, members]) => [name, members.length]));

describe('strataOf', () => {
  it.each([
    ['level', { level: 2 }, { level: 5 }, { 'level 2': 2, 'level 5': 1 }],
    ['subject', { subject: 'Algebra' }, { subject: 'Geometry' }, { Algebra: 2, Geometry: 1 }],
    ['steps', { steps: 1 }, { steps: 9 }, { '1 step': 2, '8 or more steps': 1 }],
  ] as const)('finds %s by itself', (_name, usual, other, sizes) => {
    expect(sizesOf(strataOf([example(1, usual), example(2, other), example(3, usual)], 'auto'))).toEqual(
      sizes,
    );
  });

  it('puts those that lack the field together', () => {
    const some = [example(1, { steps: 2 }), example(2, { steps: 3 }), example(3)];
    expect(sizesOf(strataOf(some, 'auto'))).toEqual({ '2 steps': 1, '3 steps': 1, unknown: 1 });
  });

  it('takes quarters by length when there is nothing else, or one value only, or few have it', () => {
    const quarters = {
      'length quarter 1': 2,
      'length quarter 2': 2,
      'length quarter 3': 2,
      'length quarter 4': 2,
    };
    const plain = Array.from({ length: 8 }, (_, i) => example(8 - i));
    expect(sizesOf(strataOf(plain, 'auto'))).toEqual(quarters);
    expect(
      strataOf(plain, 'auto')
        .get('length quarter 1')
        ?.map(({ id }) => id),
    ).toEqual(['q1', 'q2']);
    expect(
      sizesOf(
        strataOf(
          plain.map((each) => ({ ...each, level: 1 })),
          'auto',
        ),
      ),
    ).toEqual(quarters);
    const few = plain.map((each, i) => (i < 3 ? { ...each, level: i } : each));
    expect(sizesOf(strataOf(few, 'auto'))).toEqual(quarters);
    expect([...strataOf(few, 'level').keys()]).toEqual(['level 0', 'level 1', 'level 2', 'unknown']);
    expect(sizesOf(strataOf([example(1), example(2)], 'auto'))).toEqual({
      'length quarter 2': 1,
      'length quarter 4': 1,
    });
  });
});

describe('apportion', () => {
  it('gives the largest remainders the seats that are left', () => {
    expect(apportion([50, 30, 20], 10)).toEqual([5, 3, 2]);
    expect(apportion([41, 33, 26], 10)).toEqual([4, 3, 3]);
  });

  it('gives every stratum a draw, from those that got most beyond their quota', () => {
    expect(apportion([990, 5, 5], 10)).toEqual([8, 1, 1]);
    expect(apportion([990, 5, 5], 2)).toEqual([2, 0, 0]);
  });

  it('property: adds up, keeps to the sizes, represents every stratum and is within one of the quota where all have one', () => {
    const sizes = fc.array(fc.integer({ min: 1, max: 500 }), { minLength: 1, maxLength: 12 });
    fc.assert(
      fc.property(sizes, fc.nat(), (each, any) => {
        const total = each.reduce((sum, size) => sum + size, 0);
        const count = any % (total + 1);
        const seats = apportion(each, count);
        expect(seats.reduce((sum, seat) => sum + seat, 0)).toBe(count);
        for (const [i, seat] of seats.entries()) {
          const quota = (count * (each[i] ?? 0)) / total;
          expect(seat).toBeLessThanOrEqual(each[i] ?? 0);
          expect(seat).toBeLessThan(quota + 1 + (quota < 1 ? 1 : 0));
          expect(seat).toBeGreaterThanOrEqual(count >= each.length ? 1 : 0);
        }
      }),
      { seed: 1, numRuns: 500 },
    );
  });
});
