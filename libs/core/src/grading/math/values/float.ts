import { magnitude, type Rational } from './rational.js';

/** mantissa * 2^exponent. Zero has mantissa 0 and exponent 0. */
export interface Float {
  mantissa: bigint;
  exponent: number;
}

/** A value has no meaning here: a zero divisor, a logarithm of zero, a size past any use. Never leaves compareMath. */
export class Undefined extends Error {}

/** Past this binary exponent a value is out of range. */
const largestExponent = 2 ** 44;
const nought: Float = { mantissa: 0n, exponent: 0 };

/**
 * Binary floating point of any precision over bigint. Results are cut off, so each operation errs by less than two units in
 * the last place. (Why not a library: docs/decisions/0018-math-equality.md.)
 */
export class Floats {
  constructor(
    /** Binary digits of a mantissa. */
    readonly bits: number,
  ) {}

  /** @throws Undefined past the largest exponent */
  rounded(mantissa: bigint, exponent: number): Float {
    if (mantissa === 0n) return nought;
    const excess = bitLength(mantissa) - this.bits;
    const result =
      excess > 0
        ? { mantissa: mantissa >> BigInt(excess), exponent: exponent + excess }
        : { mantissa, exponent };
    if (Math.abs(result.exponent) > largestExponent) throw new Undefined('out of range');
    return result;
  }

  integer(value: bigint | number): Float {
    return this.rounded(BigInt(value), 0);
  }

  rational({ numerator, denominator }: Rational): Float {
    return denominator === 1n
      ? this.integer(numerator)
      : this.divide({ mantissa: numerator, exponent: 0 }, { mantissa: denominator, exponent: 0 });
  }

  add(a: Float, b: Float): Float {
    if (a.mantissa === 0n) return b;
    if (b.mantissa === 0n) return a;
    const [high, low] = a.exponent >= b.exponent ? [a, b] : [b, a];
    const gap = high.exponent - low.exponent;
    // Beyond that the smaller one is less than a unit in the last place.
    if (gap > 2 * this.bits + bitLength(low.mantissa)) return high;
    return this.rounded((high.mantissa << BigInt(gap)) + low.mantissa, low.exponent);
  }

  subtract(a: Float, b: Float): Float {
    return this.add(a, this.negate(b));
  }

  negate({ mantissa, exponent }: Float): Float {
    return { mantissa: -mantissa, exponent };
  }

  absolute({ mantissa, exponent }: Float): Float {
    return { mantissa: magnitude(mantissa), exponent };
  }

  multiply(a: Float, b: Float): Float {
    return this.rounded(a.mantissa * b.mantissa, a.exponent + b.exponent);
  }

  /** @throws Undefined for a zero divisor */
  divide(a: Float, b: Float): Float {
    if (b.mantissa === 0n) throw new Undefined('division by zero');
    const shift = Math.max(0, this.bits + 2 + bitLength(b.mantissa) - bitLength(a.mantissa));
    return this.rounded((a.mantissa << BigInt(shift)) / b.mantissa, a.exponent - b.exponent - shift);
  }

  /** times 2^by */
  shift({ mantissa, exponent }: Float, by: number): Float {
    return mantissa === 0n ? nought : { mantissa, exponent: exponent + by };
  }

  /** @throws Undefined for a negative value */
  squareRoot(a: Float): Float {
    if (a.mantissa < 0n) throw new Undefined('a square root of a negative number');
    if (a.mantissa === 0n) return nought;
    let shift = Math.max(0, 2 * this.bits + 2 - bitLength(a.mantissa));
    if ((a.exponent - shift) % 2 !== 0) shift++;
    return this.rounded(integerSquareRoot(a.mantissa << BigInt(shift)), (a.exponent - shift) / 2);
  }

  /** a^n by squaring. */
  power(a: Float, n: number): Float {
    let result: Float = { mantissa: 1n, exponent: 0 };
    let square = a;
    for (let rest = Math.abs(n); rest > 0; rest = Math.floor(rest / 2)) {
      if (rest % 2 === 1) result = this.multiply(result, square);
      if (rest > 1) square = this.multiply(square, square);
    }
    return n < 0 ? this.divide({ mantissa: 1n, exponent: 0 }, result) : result;
  }

  sign({ mantissa }: Float): -1 | 0 | 1 {
    return mantissa > 0n ? 1 : mantissa < 0n ? -1 : 0;
  }

  compare(a: Float, b: Float): -1 | 0 | 1 {
    return this.sign(this.subtract(a, b));
  }

  /**
   * The value times 2^places, cut off to an integer.
   *
   * @throws Undefined when that is far longer than the precision
   */
  fixed({ mantissa, exponent }: Float, places: number): bigint {
    const by = exponent + places;
    if (by > 2 * this.bits + 1024) throw new Undefined('out of range');
    return by >= 0 ? mantissa << BigInt(by) : mantissa >> BigInt(-by);
  }
}

/** log2 of the magnitude, to within one; -Infinity for zero. */
export function sizeOf({ mantissa, exponent }: Float): number {
  return mantissa === 0n ? -Infinity : bitLength(mantissa) + exponent;
}

/** Nearest double. */
export function toNumber(value: Float): number {
  const excess = Math.max(0, bitLength(value.mantissa) - 60);
  return Number(value.mantissa >> BigInt(excess)) * 2 ** (value.exponent + excess);
}

export function bitLength(value: bigint): number {
  const hex = magnitude(value).toString(16);
  return (hex.length - 1) * 4 + (32 - Math.clz32(Number.parseInt(hex[0] ?? '0', 16)));
}

/** Newton's method from above. */
export function integerSquareRoot(value: bigint): bigint {
  if (value < 2n) return value;
  const length = bitLength(value);
  // The first 50 bits come from a double.
  const cut = Math.max(0, length - 100);
  const even = cut + (cut % 2);
  let guess = (BigInt(Math.ceil(Math.sqrt(Number(value >> BigInt(even))))) + 1n) << BigInt(even / 2);
  for (;;) {
    const next = (guess + value / guess) >> 1n;
    if (next >= guess) return guess;
    guess = next;
  }
}
