import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRandom } from '../../index.js';
import { systematicDraws, tiltedDraws } from './tilt.js';

const candidates = fc.array(
  fc.record({
    wrong: fc.double({ min: 0.001, max: 0.999, noNaN: true }),
    most: fc.integer({ min: 0, max: 3 }),
  }),
  { minLength: 1, maxLength: 60 },
);
const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
const request = fc
  .tuple(candidates, fc.nat(), fc.double({ min: 0, max: 1, noNaN: true }))
  .map(([each, any, share]) => {
    const count = any % (sum(each.map(({ most }) => most)) + 1);
    return { each, count, wanted: share * count };
  });

describe('tiltedDraws', () => {
  it('property: adds up, keeps to the limits, and expects what is wanted unless uniform draws expect more or the steepest less', () => {
    fc.assert(
      fc.property(request, ({ each, count, wanted }) => {
        const draws = tiltedDraws(each, count, wanted);
        expect(sum(draws)).toBeCloseTo(count, 8);
        for (const [i, draw] of draws.entries()) {
          expect(draw).toBeGreaterThanOrEqual(0);
          expect(draw).toBeLessThanOrEqual((each[i]?.most ?? 0) + 1e-9);
        }
        const expects = (of: readonly number[]): number =>
          sum(of.map((draw, i) => draw * (each[i]?.wrong ?? 0)));
        const least = expects(tiltedDraws(each, count, -1));
        const most = expects(tiltedDraws(each, count, count + 1));
        expect(expects(draws)).toBeCloseTo(Math.min(Math.max(wanted, least), Math.max(least, most)), 6);
      }),
      { seed: 1, numRuns: 500 },
    );
  });

  it('property: of two candidates with the same limit the more difficult one is not drawn less', () => {
    fc.assert(
      fc.property(request, ({ each, count, wanted }) => {
        const draws = tiltedDraws(
          each.map(({ wrong }) => ({ wrong, most: 2 })),
          Math.min(count, 2 * each.length),
          wanted,
        );
        const order = each
          .map(({ wrong }, i) => ({ wrong, draw: draws[i] ?? 0 }))
          .toSorted((a, b) => a.wrong - b.wrong);
        for (const [i, { draw }] of order.entries())
          expect(draw).toBeGreaterThanOrEqual((order[i - 1]?.draw ?? 0) - 1e-9);
      }),
      { seed: 1, numRuns: 300 },
    );
  });
});

describe('systematicDraws', () => {
  it('property: draws as many as asked for, each candidate its expectation rounded down or up', () => {
    fc.assert(
      fc.property(request, fc.nat(), ({ each, count, wanted }, seed) => {
        const expected = tiltedDraws(each, count, wanted);
        const drawn = systematicDraws(expected, count, createRandom(seed));
        expect(drawn).toHaveLength(count);
        for (const [i, share] of expected.entries()) {
          const times = drawn.filter((index) => index === i).length;
          expect(times).toBeGreaterThanOrEqual(Math.floor(share - 1e-9));
          expect(times).toBeLessThanOrEqual(Math.ceil(share + 1e-9));
        }
      }),
      { seed: 1, numRuns: 500 },
    );
  });

  it('draws each candidate as often as expected', () => {
    const expected = [0.9, 0.5, 0.1, 1.5, 1];
    const times = [0, 0, 0, 0, 0];
    for (let seed = 0; seed < 4000; seed++)
      for (const i of systematicDraws(expected, 4, createRandom(seed))) times[i] = (times[i] ?? 0) + 1;
    for (const [i, share] of expected.entries())
      expect(Math.abs((times[i] ?? 0) / 4000 - share)).toBeLessThan(0.035);
  });
});
