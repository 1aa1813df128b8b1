import { limits } from '../limits.js';
import { add, divide, multiply, power, rational, type Rational } from '../values/rational.js';

/** Digits of a literal that is read as a number; a longer one is none. */
const longest = 10_000;

const grouped = /(?<!\d,)[1-9]\d{0,2}(?:,\d{3})+(?!,?\d)/y;
/** 1{,}000 | 1,\!000 | 1\,000 | 1 000: the comma is marked as no separator, or there is none. */
const typeset = /[1-9]\d{0,2}(?:(?:\s?\{,\}\s?|,\s?\\!\s?|\s?\\[,;: ]\s?|\s)\d{3}(?!\d))+/y;
const digits = /\d+/y;
const decimals = /\.(\d*)\\(?:overline|bar|dot)\s?(?:\{\s?(\d+)\s?\}|(\d))|\.\((\d+)\)|\.(\d+)/y;
const ellipsis = /\s?(?:\.\.\.|\\[lc]?dots(?![a-z]))/y;
const exponent = /[eE]([+-]?\d{1,9})(?![\p{L}\d.])/uy;

/**
 * The numeral that starts at a position: its end, and its value written as digits, ".", digits, "(" repeating digits ")", "e",
 * exponent.
 *
 * @param commas whether commas may group thousands here (inside of brackets they separate)
 */
export function matchNumber(
  text: string,
  start: number,
  commas: boolean,
): { text: string; end: number } | undefined {
  let at = start;
  const match = (pattern: RegExp): RegExpExecArray | null => {
    pattern.lastIndex = at;
    const found = pattern.exec(text);
    if (found !== null) at = pattern.lastIndex;
    return found;
  };
  const whole = (match(typeset) ?? (commas ? match(grouped) : null) ?? match(digits))?.[0].replaceAll(
    /\D/g,
    '',
  );
  const fraction = match(decimals);
  if (whole === undefined && fraction === null) return undefined;
  let written = whole ?? '0';
  if (fraction !== null) {
    const after = fraction[1] ?? fraction[5] ?? '';
    const block = fraction[2] ?? fraction[3] ?? fraction[4];
    written += `.${after}`;
    if (block !== undefined) written += `(${block})`;
    else if (match(ellipsis) !== null) written = repeating(written);
  }
  const scale = match(exponent)?.[1];
  if (scale !== undefined) written += `e${scale}`;
  return { text: written, end: at };
}

/** 0.333 of "0.333..." as 0.(3): a block that stands at least twice at the end, three digits in all. */
function repeating(written: string): string {
  const match = /^(\d+\.\d*?)(\d{1,12}?)\2+$/.exec(written.slice(0, 200));
  if (match === null || written.length > 200) return written;
  const [, before = '', block = ''] = match;
  return written.length - before.length >= 3 ? `${before}(${block})` : written;
}

/** @returns undefined for a literal that is too long; the exponent is returned apart when the number is too long with it */
export function parseNumeral(text: string): { value: Rational; exponent: bigint } | undefined {
  if (text.length > longest) return undefined;
  const [, whole = '', after = '', block = '', scale = '0'] =
    /^(\d+)(?:\.(\d*))?(?:\((\d+)\))?(?:e([+-]?\d+))?$/.exec(text) ?? [];
  if (whole === '') return undefined;
  let value = divide(
    { numerator: BigInt(whole + after), denominator: 1n },
    { numerator: 10n ** BigInt(after.length), denominator: 1n },
  );
  if (block !== '' && value !== undefined) {
    const tail = rational(BigInt(block), (10n ** BigInt(block.length) - 1n) * 10n ** BigInt(after.length));
    value = tail === undefined ? undefined : add(value, tail);
  }
  if (value === undefined) return undefined;
  const shift = BigInt(scale);
  if (shift === 0n || shift > BigInt(limits.bits) || shift < -BigInt(limits.bits))
    return { value, exponent: shift };
  const ten = power({ numerator: 10n, denominator: 1n }, shift);
  const scaled = ten === undefined ? undefined : multiply(value, ten);
  return scaled === undefined ? { value, exponent: shift } : { value: scaled, exponent: 0n };
}
