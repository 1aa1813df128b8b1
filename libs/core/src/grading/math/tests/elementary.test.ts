import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Elementary } from '../values/elementary.js';
import { Floats, sizeOf, toNumber, type Float } from '../values/float.js';

const precisions = [192, 416, 1024];
const seeded = { seed: 20_251_123, numRuns: 60 };
const number = fc.double({ min: -40, max: 40, noNaN: true }).filter((value) => Math.abs(value) > 1e-3);

/** The double, exactly. */
function exact(floats: Floats, value: number): Float {
  return floats.divide(floats.integer(BigInt(Math.round(value * 2 ** 40))), floats.integer(2n ** 40n));
}

function close(a: Float, b: Float, floats: Floats, lost: number): boolean {
  return sizeOf(floats.subtract(a, b)) <= Math.max(sizeOf(a), sizeOf(b), 0) - floats.bits + lost;
}

describe.each(precisions)('elementary functions at %i bits', (bits) => {
  const floats = new Floats(bits);
  const elementary = new Elementary(floats);

  it('agree with doubles', () => {
    fc.assert(
      fc.property(number, (value) => {
        const x = exact(floats, value);
        const double = toNumber(x);
        const [sin, cos] = elementary.sinCos(x).map(toNumber);
        expect(toNumber(elementary.exp(x)) / Math.exp(double)).toBeCloseTo(1, 10);
        expect(sin).toBeCloseTo(Math.sin(double), 10);
        expect(cos).toBeCloseTo(Math.cos(double), 10);
        expect(toNumber(elementary.atan(x))).toBeCloseTo(Math.atan(double), 10);
        expect(toNumber(elementary.ln(floats.absolute(x)))).toBeCloseTo(Math.log(Math.abs(double)), 10);
      }),
      seeded,
    );
  });

  it('keep their identities to the last bits', () => {
    fc.assert(
      fc.property(number, number, (a, b) => {
        const [x, y] = [exact(floats, a), exact(floats, b)];
        const [sin, cos] = elementary.sinCos(x);
        const squares = floats.add(floats.multiply(sin, sin), floats.multiply(cos, cos));
        expect(close(squares, floats.integer(1), floats, 8)).toBe(true);
        expect(close(elementary.ln(elementary.exp(x)), x, floats, 8)).toBe(true);
        const product = floats.multiply(elementary.exp(x), elementary.exp(y));
        expect(close(product, elementary.exp(floats.add(x, y)), floats, 16)).toBe(true);
        const root = floats.squareRoot(floats.absolute(x));
        expect(close(floats.multiply(root, root), floats.absolute(x), floats, 8)).toBe(true);
      }),
      seeded,
    );
  });
});

describe('π', () => {
  it('has the digits that it is known to have', () => {
    const floats = new Floats(192);
    const digits = floats.fixed(floats.multiply(new Elementary(floats).pi(), floats.integer(10n ** 50n)), 0);
    expect(digits.toString()).toBe('314159265358979323846264338327950288419716939937510');
  });
});
