import { goldText } from '../grading/gold/gold-text.js';
import { parseNumber, scanNumbers, type NumberToken } from '../grading/number/token.js';
import { plainNumbers } from '../grading/text/latex.js';
import { formulaSpans, jsonSpans, numberSpans, optionSpans, textSpans, type Span } from './spans.js';

/** A text without the gold answer. */
export interface Redaction {
  text: string;
  /** How many places named the gold answer. */
  redactions: number;
}

const mark = '[redacted]';

/**
 * Replaces every place that names the gold answer by "[redacted]".
 *
 * A numeric gold answer is found by value in all notations (1450000, 1,450,000.00, $1,450,000, 1.45e6, \frac{1}{2}, with either sign; in
 * words from zero to nine hundred ninety-nine), as a number of its own, not as digits of another number. A formula is found by value between
 * dollars and in boxes, and by its LaTeX elsewhere; an option ("B", "(B) Paris") by its letter and its text; a JSON object or list as a whole and by
 * each of its values. Any other gold answer is found as a text of its own, ignoring case and the amount of white space; a single
 * letter ("B" of a multiple choice) only in its own case. Applying it twice changes nothing more.
 */
export function redactGold(text: string, gold: string): Redaction {
  const wanted = goldText(gold);
  if (wanted === '') return { text, redactions: 0 };
  const finders = findersOf(wanted);
  let redacted = text;
  let redactions = 0;
  // A replacement can set a neighbour free ("18/18" reads as one fraction first), so look again until nothing is found.
  for (;;) {
    const current = redacted;
    const spans = apart(
      finders.flatMap((find) => find(current)).filter((span) => !insideMark(current, span)),
    );
    if (spans.length === 0) return { text: redacted, redactions };
    redactions += spans.length;
    redacted = cut(redacted, spans);
  }
}

type Finder = (text: string) => Span[];

function findersOf(wanted: string): Finder[] {
  const number = wholeNumber(wanted);
  if (number !== undefined) return [(text) => numberSpans(text, number)];
  const leaves = jsonLeaves(wanted);
  if (leaves !== undefined) return [(text) => jsonSpans(text, wanted), ...leaves.flatMap(findersOf)];
  const [, open, marked, close, rest = ''] = /^([([]?)([A-Ja-j])([)\].:])\s*(.*)$/s.exec(wanted) ?? [];
  const letter = /^[A-J]$/.test(wanted)
    ? wanted
    : open !== undefined && close !== undefined
      ? marked
      : undefined;
  if (letter !== undefined) {
    const option: Finder = (text) => optionSpans(text, letter.toUpperCase());
    return rest === '' ? [option] : [option, ...findersOf(rest)];
  }
  const [, inner] = /^\\(?:text|textbf|mathrm|mbox)\s?\{([^{}]+)\}$/.exec(wanted) ?? [];
  if (inner !== undefined && inner.trim() !== '')
    return [(text) => formulaSpans(text, wanted), ...findersOf(inner.trim())];
  const words: Finder = (text) => textSpans(text, wanted);
  return isFormula(wanted) ? [words, (text) => formulaSpans(text, wanted)] : [words];
}

/** A gold answer that is nothing but a number, with its unit, in LaTeX too. */
function wholeNumber(wanted: string): NumberToken | undefined {
  const numbers = scanNumbers(wanted);
  const [first] = numbers;
  if (numbers.length === 1 && first !== undefined && first.text.length === wanted.length) return first;
  const plain = plainNumbers(wanted).trim();
  const token = parseNumber(plain);
  // "18 dollars", "\\frac{1}{2}", "3 hours"
  return token !== undefined && /^\s?[\p{L}°$/]{0,20}(?:\s\p{L}{1,20}){0,2}$/u.test(plain.slice(token.end))
    ? token
    : undefined;
}

function isFormula(wanted: string): boolean {
  return /[\\^_=+*/<>|(){}[\],]/.test(wanted) && !/^[\p{L}\s,'’-]+$/u.test(wanted) && wanted.length <= 1000;
}

/** Values of a JSON object or list that say something: numbers, and strings of two characters or more. Undefined for anything else. */
function jsonLeaves(wanted: string): string[] | undefined {
  if (!/^\s*[{[]/.test(wanted)) return undefined;
  try {
    const leaves = new Set<string>();
    // An interval or a list of numbers is a formula.
    if (/^[\s\d.,eE+[\]-]*$/.test(wanted)) return undefined;
    JSON.parse(wanted, (_key, value: unknown) => {
      if (typeof value === 'number' || (typeof value === 'string' && value.trim().length > 1))
        leaves.add(String(value).trim());
      return value;
    });
    return [...leaves].slice(0, 100);
  } catch {
    return undefined;
  }
}

/** Spans in order, overlapping ones left out. */
function apart(spans: readonly Span[]): Span[] {
  const kept: Span[] = [];
  for (const span of spans.toSorted((a, b) => a.start - b.start || b.end - a.end)) {
    if (span.start >= (kept.at(-1)?.end ?? 0)) kept.push(span);
  }
  return kept;
}

function cut(text: string, spans: readonly Span[]): string {
  const pieces: string[] = [];
  let from = 0;
  for (const { start, end } of spans) {
    pieces.push(text.slice(from, start), mark);
    from = end;
  }
  return pieces.join('') + text.slice(from);
}

/** The mark itself names nothing. */
function insideMark(text: string, { start, end }: Span): boolean {
  for (let at = Math.max(0, end - mark.length); at <= start; at++) {
    if (text.startsWith(mark, at)) return true;
  }
  return false;
}
