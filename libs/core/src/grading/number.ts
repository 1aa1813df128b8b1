/** An exact value: numerator / denominator, the denominator positive. */
interface Rational {
  numerator: bigint;
  denominator: bigint;
}

/** A number as it stands in a text. */
export interface NumberToken {
  /** First character, sign and currency included. */
  start: number;
  /** One past the last character, a percent sign included. */
  end: number;
  /** The characters from start to end. */
  text: string;
  /** Its exact value; a percentage counts as what stands before the sign. Undefined past 1,000 digits, beyond e100 and for a zero denominator. */
  readonly value: Rational | undefined;
  /** Whether a percent sign follows. */
  percent: boolean;
}

// 1,450,000 | 1 450 000 with no-break or thin spaces | 1450000, then decimals, then an exponent; or a bare ".5". Every
// repetition starts with a character of its own, so matching is linear.
const magnitude = String.raw`(?:(?:\d{1,3}(?:,\d{3})+|\d{1,3}(?:[\u00a0\u2009\u202f]\d{3})+|\d+)(?!\d)(?:\.\d+)?|\.\d+)`;
const scaled = String.raw`(${magnitude})(?:[eE]([+-]?\d{1,4})(?![\p{L}\d]))?`;
const simple = new RegExp(String.raw`${scaled}(\s?%)?`, 'gu');
const fractions = new RegExp(String.raw`${scaled}(?:(\s?%)|\s?\/\s?(${magnitude}))?`, 'gu');
const ordinal = /^(?:st|nd|rd|th)(?!\p{L})/iu;
const mostDigits = 1000;
const largestExponent = 100;

/** Every number of a text, from left to right. Ordinals (2nd) and digits inside words (x2) are none. Linear time. */
export function* numberTokens(text: string): Generator<NumberToken, void, undefined> {
  for (const token of tokensOf(text, fractions)) {
    const inWord = /[\p{L}\d_]/u.test(text.slice(Math.max(0, token.digits - 1), token.digits));
    if (!inWord && !ordinal.test(text.slice(token.end, token.end + 3))) yield token;
  }
}

/** Every number, those inside words and ordinals included, and both sides of a fraction beside the fraction itself. */
export function scanNumbers(text: string): NumberToken[] {
  const whole = [...tokensOf(text, fractions)];
  return whole.some((token) => token.text.includes('/')) ? [...whole, ...tokensOf(text, simple)] : whole;
}

function* tokensOf(
  text: string,
  pattern: RegExp,
): Generator<NumberToken & { digits: number }, void, undefined> {
  for (const match of text.matchAll(pattern)) {
    const [whole, main = '', exponent = '0', percent, divisor] = match;
    const end = match.index + whole.length;
    const { start, negative } = signBefore(text, match.index);
    yield {
      digits: match.index,
      start,
      end,
      text: text.slice(start, end),
      percent: percent !== undefined,
      // Most numbers of a response are never compared.
      get value() {
        return valueOf(main, Number(exponent), divisor, negative);
      },
    };
  }
}

/** The one number that a whole text says, with currency, sign, percent, units and punctuation allowed around it; else undefined. */
export function parseNumber(text: string): NumberToken | undefined {
  const [token, another] = numberTokens(text);
  if (token === undefined || another !== undefined) return undefined;
  // An operator or letter in front makes it part of an expression ("x + 1", "= 3" is fine).
  return /^[\s=:"'(*_`~≈]*$/u.test(text.slice(0, token.start)) ? token : undefined;
}

/**
 * Whether two numbers have the same exact value. When only one of them is a percentage, both readings of it count, 25 and
 * 0.25: questions that ask for a percentage have gold answers of either kind.
 */
export function equalNumbers(a: NumberToken, b: NumberToken): boolean {
  if (a.value === undefined || b.value === undefined) return false;
  if (same(a.value, b.value)) return true;
  if (a.percent === b.percent) return false;
  return a.percent ? same(hundredth(a.value), b.value) : same(a.value, hundredth(b.value));
}

/** Whether two numbers are equal but for their signs and percent signs. */
export function sameMagnitude(a: NumberToken, b: NumberToken): boolean {
  if (a.value === undefined || b.value === undefined) return false;
  const positive = ({ numerator, denominator }: Rational) => ({
    numerator: numerator < 0n ? -numerator : numerator,
    denominator,
  });
  return same(positive(a.value), positive(b.value));
}

function same(a: Rational, b: Rational): boolean {
  return a.numerator * b.denominator === b.numerator * a.denominator;
}

function hundredth(value: Rational): Rational {
  return { numerator: value.numerator, denominator: value.denominator * 100n };
}

/** A sign belongs to the number when no operand stands before it: "-5", "-$5" and "$-5", but not "9-5". */
function signBefore(text: string, digits: number): { start: number; negative: boolean } {
  let start = digits;
  let negative = false;
  let signed = false;
  for (let steps = 0; steps < 3 && start > 0; steps++) {
    const character = text[start - 1] ?? '';
    if ('$€£¥₹'.includes(character)) {
      start -= 1;
    } else if (!signed && '-−+'.includes(character)) {
      const operand = text.slice(Math.max(0, start - 2), start - 1);
      if (/[\p{L}\d)\]%]/u.test(operand)) break;
      start -= 1;
      signed = true;
      negative = character !== '+';
    } else {
      break;
    }
  }
  return { start, negative };
}

function valueOf(
  main: string,
  exponent: number,
  divisor: string | undefined,
  negative: boolean,
): Rational | undefined {
  const top = decimal(main);
  const bottom = divisor === undefined ? { numerator: 1n, denominator: 1n } : decimal(divisor);
  if (
    top === undefined ||
    bottom === undefined ||
    bottom.numerator === 0n ||
    Math.abs(exponent) > largestExponent
  )
    return undefined;
  const up = 10n ** BigInt(Math.max(0, exponent));
  const down = 10n ** BigInt(Math.max(0, -exponent));
  const numerator = top.numerator * bottom.denominator * up;
  return {
    numerator: negative ? -numerator : numerator,
    denominator: top.denominator * bottom.numerator * down,
  };
}

function decimal(text: string): Rational | undefined {
  const [whole = '', fraction = ''] = text.replaceAll(/[,\u00a0\u2009\u202f]/gu, '').split('.');
  const digits = stripLeadingZeros(whole);
  const decimals = stripTrailingZeros(fraction);
  if (digits.length + decimals.length > mostDigits) return undefined;
  return { numerator: BigInt(`${digits}${decimals}` || '0'), denominator: 10n ** BigInt(decimals.length) };
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
