import { limits } from '../limits.js';

/** An exact fraction; the denominator is positive. Reduced only while small, since a greatest common divisor of long integers is slow. */
export interface Rational {
  numerator: bigint;
  denominator: bigint;
}

const reducedBelow = 1n << 512n;

/** @returns undefined for a zero denominator and past the limit of bits */
export function rational(numerator: bigint, denominator = 1n): Rational | undefined {
  if (denominator === 0n) return undefined;
  const sign = denominator < 0n ? -1n : 1n;
  let [top, bottom] = [numerator * sign, denominator * sign];
  if (bottom !== 1n && bottom < reducedBelow && magnitude(top) < reducedBelow) {
    const divisor = gcd(magnitude(top), bottom);
    [top, bottom] = [top / divisor, bottom / divisor];
  }
  return tooLong(top) || tooLong(bottom) ? undefined : { numerator: top, denominator: bottom };
}

export const zero: Rational = { numerator: 0n, denominator: 1n };
export const one: Rational = { numerator: 1n, denominator: 1n };

export function add(a: Rational, b: Rational): Rational | undefined {
  return a.denominator === b.denominator
    ? rational(a.numerator + b.numerator, a.denominator)
    : rational(a.numerator * b.denominator + b.numerator * a.denominator, a.denominator * b.denominator);
}

export function multiply(a: Rational, b: Rational): Rational | undefined {
  return rational(a.numerator * b.numerator, a.denominator * b.denominator);
}

export function divide(a: Rational, b: Rational): Rational | undefined {
  return rational(a.numerator * b.denominator, a.denominator * b.numerator);
}

export function negate(a: Rational): Rational {
  return { numerator: -a.numerator, denominator: a.denominator };
}

/** a to an integer power; 0^0 is 1. Refused before it is computed when the result would be too long. */
export function power(a: Rational, exponent: bigint): Rational | undefined {
  const times = magnitude(exponent);
  const longest = BigInt(Math.max(bits(a.numerator), bits(a.denominator)));
  if (longest > 1n && longest * times > BigInt(limits.bits)) return undefined;
  // Of 0, 1 and -1 only the parity of the exponent matters.
  const reduced = longest > 1n ? times : times > 2n ? 2n + (times % 2n) : times;
  const [top, bottom] = [a.numerator ** reduced, a.denominator ** reduced];
  return exponent < 0n ? rational(bottom, top) : rational(top, bottom);
}

export function same(a: Rational, b: Rational): boolean {
  return a.numerator * b.denominator === b.numerator * a.denominator;
}

export function isInteger(a: Rational): boolean {
  return a.denominator === 1n || a.numerator % a.denominator === 0n;
}

/** The exact square root of a rational, when it is one. */
export function exactRoot(a: Rational, index: bigint): Rational | undefined {
  if (index < 1n || index > 64n || tooLong(a.numerator, 4096) || tooLong(a.denominator, 4096))
    return undefined;
  if (a.numerator < 0n && index % 2n === 0n) return undefined;
  const top = integerRoot(magnitude(a.numerator), index);
  const bottom = integerRoot(a.denominator, index);
  if (top === undefined || bottom === undefined) return undefined;
  return rational(a.numerator < 0n ? -top : top, bottom);
}

function integerRoot(value: bigint, index: bigint): bigint | undefined {
  if (value < 2n) return value;
  // Newton's method from above.
  let guess = 1n << (BigInt(bits(value)) / index + 1n);
  for (;;) {
    const next = ((index - 1n) * guess + value / guess ** (index - 1n)) / index;
    if (next >= guess) break;
    guess = next;
  }
  return guess ** index === value ? guess : undefined;
}

export function magnitude(value: bigint): bigint {
  return value < 0n ? -value : value;
}

/** Binary digits of the magnitude, at most three too many. */
export function bits(value: bigint): number {
  return value.toString(16).replace('-', '').length * 4;
}

function tooLong(value: bigint, most: number = limits.bits): boolean {
  return magnitude(value) >> BigInt(most) !== 0n;
}

export function gcd(a: bigint, b: bigint): bigint {
  let [larger, smaller] = [a, b];
  while (smaller !== 0n) [larger, smaller] = [smaller, larger % smaller];
  return larger === 0n ? 1n : larger;
}
