/** An exact value: numerator / denominator, the denominator positive. */
export interface Rational {
  numerator: bigint;
  denominator: bigint;
}

const mostDigits = 1000;
const largestExponent = 100;

/** The value of a decimal such as 1,450.50, times ten to a power; undefined past 1,000 digits and beyond e100. */
export function decimal(text: string, exponent = 0): Rational | undefined {
  const [whole = '', fraction = ''] = withoutGroups(text).split('.');
  const digits = stripLeadingZeros(whole);
  const decimals = stripTrailingZeros(fraction);
  if (digits.length + decimals.length > mostDigits || Math.abs(exponent) > largestExponent) return undefined;
  const unscaled = BigInt(`${digits}${decimals}` || '0');
  const power = exponent - decimals.length;
  return {
    numerator: unscaled * 10n ** BigInt(Math.max(0, power)),
    denominator: 10n ** BigInt(Math.max(0, -power)),
  };
}

/** 1.450.000 has a second point, so its points group digits; any other grouping sign never is a decimal point. */
function withoutGroups(text: string): string {
  const plain = text.replaceAll(/[,'’_\u00a0\u2009\u202f]/gu, '');
  return plain.indexOf('.') === plain.lastIndexOf('.') ? plain : plain.replaceAll('.', '');
}

/** Undefined when the divisor is zero. */
export function divide(a: Rational, b: Rational): Rational | undefined {
  if (b.numerator === 0n) return undefined;
  const sign = b.numerator < 0n ? -1n : 1n;
  return { numerator: a.numerator * b.denominator * sign, denominator: a.denominator * b.numerator * sign };
}

export function times(a: Rational, b: Rational): Rational {
  return { numerator: a.numerator * b.numerator, denominator: a.denominator * b.denominator };
}

export function plus(a: Rational, b: Rational): Rational {
  return {
    numerator: a.numerator * b.denominator + b.numerator * a.denominator,
    denominator: a.denominator * b.denominator,
  };
}

export function negated({ numerator, denominator }: Rational): Rational {
  return { numerator: -numerator, denominator };
}

export function absolute(value: Rational): Rational {
  return value.numerator < 0n ? negated(value) : value;
}

export function same(a: Rational, b: Rational): boolean {
  return a.numerator * b.denominator === b.numerator * a.denominator;
}

/** Whether a <= b. */
export function atMost(a: Rational, b: Rational): boolean {
  return a.numerator * b.denominator <= b.numerator * a.denominator;
}

export function powerOfTen(exponent: number): Rational {
  return {
    numerator: 10n ** BigInt(Math.max(0, exponent)),
    denominator: 10n ** BigInt(Math.max(0, -exponent)),
  };
}

function stripLeadingZeros(digits: string): string {
  let from = 0;
  while (digits[from] === '0') from++;
  return digits.slice(from);
}

function stripTrailingZeros(digits: string): string {
  let to = digits.length;
  while (to > 0 && digits[to - 1] === '0') to--;
  return digits.slice(0, to);
}
