import { goldText } from '../grading/gold/gold-text.js';
import { sameMagnitude, scanNumbers } from '../grading/number/token.js';
import { spelledNumber } from '../grading/number/spelled.js';

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
 * A numeric gold answer is found by value in all notations (1450000, 1,450,000.00, $1,450,000, 1.45e6, with either sign; in
 * words from zero to nine hundred ninety-nine), as a number of its own, not as digits of another number. Any other gold answer is
 * found as a text of its own, ignoring case and the amount of white space; a single letter ("B" of a multiple choice) only in
 * its own case. Applying it twice changes nothing more.
 */
export function redactGold(text: string, gold: string): Redaction {
  const wanted = goldText(gold);
  if (wanted === '') return { text, redactions: 0 };
  const numbers = scanNumbers(wanted);
  const number = numbers.length === 1 && numbers[0]?.text.length === wanted.length ? numbers[0] : undefined;
  const find =
    number === undefined
      ? (current: string) => textSpans(current, wanted)
      : (current: string) => [
          ...scanNumbers(current).filter((token) => sameMagnitude(token, number)),
          ...spelledSpans(current, number.text),
        ];
  let redacted = text;
  let redactions = 0;
  // A replacement can set a neighbour free ("18/18" reads as one fraction first), so look again until nothing is found.
  for (;;) {
    const spans = apart(find(redacted));
    if (spans.length === 0) return { text: redacted, redactions };
    redactions += spans.length;
    redacted = cut(redacted, spans);
  }
}

interface Span {
  start: number;
  end: number;
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

function spelledSpans(text: string, digits: string): Span[] {
  const pattern = spelledNumber(digits);
  return pattern === undefined ? [] : matches(text, pattern);
}

function textSpans(text: string, gold: string): Span[] {
  const words = gold.split(/\s+/u).map((word) => word.replaceAll(/[\\^$.*+?()[\]{}|/-]/g, String.raw`\$&`));
  const edge = { before: /^[\p{L}\p{N}]/u.test(gold), after: /[\p{L}\p{N}]$/u.test(gold) };
  const pattern = new RegExp(
    `${edge.before ? String.raw`(?<![\p{L}\p{N}])` : ''}${words.join(String.raw`\s+`)}${edge.after ? String.raw`(?![\p{L}\p{N}])` : ''}`,
    /^\p{L}$/u.test(gold) ? 'gu' : 'giu',
  );
  // The mark itself names nothing.
  return matches(text, pattern).filter(({ start, end }) => !insideMark(text, start, end));
}

function insideMark(text: string, start: number, end: number): boolean {
  for (let at = Math.max(0, end - mark.length); at <= start; at++) {
    if (text.startsWith(mark, at)) return true;
  }
  return false;
}

function matches(text: string, pattern: RegExp): Span[] {
  return Array.from(text.matchAll(pattern), (match) => ({
    start: match.index,
    end: match.index + match[0].length,
  }));
}
