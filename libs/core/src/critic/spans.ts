import { compareMath } from '../grading/math/index.js';
import { mathSpans } from '../grading/expression/spans.js';
import { boxed } from '../grading/response/boxed.js';
import { sameMagnitude, scanNumbers, parseNumber, type NumberToken } from '../grading/number/token.js';
import { spelledNumber } from '../grading/number/spelled.js';
import { plainNumbers } from '../grading/text/latex.js';

/** A part of a text. */
export interface Span {
  start: number;
  /** One past the last character. */
  end: number;
}

/** Every place that names a number in digits or words, whatever its notation and sign. */
export function numberSpans(text: string, number: NumberToken): Span[] {
  const pattern = spelledNumber(number.text);
  const fractions = matches(text, fraction).filter(({ start, end }) => {
    const value = parseNumber(plainNumbers(text.slice(start, end)).trim());
    return value !== undefined && sameMagnitude(value, number);
  });
  return [
    ...scanNumbers(text).filter((token) => sameMagnitude(token, number)),
    ...fractions,
    ...(pattern === undefined ? [] : matches(text, pattern)),
  ];
}

const fraction = /\\[dtc]?frac\s?(?:\{[\d.,\s-]{1,64}\}\s?\{[\d.,\s-]{1,64}\}|\d\s?\d)/g;

/** Every place that has the words of a gold answer, ignoring case and white space; a single letter only in its own case. */
export function textSpans(text: string, gold: string): Span[] {
  const words = gold.split(/\s+/u).map(literally);
  const edge = { before: /^[\p{L}\p{N}]/u.test(gold), after: /[\p{L}\p{N}]$/u.test(gold) };
  const pattern = new RegExp(
    `${edge.before ? String.raw`(?<![\p{L}\p{N}])` : ''}${words.join(String.raw`\s+`)}${edge.after ? String.raw`(?![\p{L}\p{N}])` : ''}`,
    /^\p{L}$/u.test(gold) ? 'gu' : 'giu',
  );
  return matches(text, pattern);
}

/** Every place that names an option: its letter in its own case, or marked as one ("(b)", "option b"). An "A" before a small word is the article. */
export function optionSpans(text: string, letter: string): Span[] {
  const either = `[${letter}${letter.toLowerCase()}]`;
  const word = letter === 'A' || letter === 'I' ? String.raw`(?!\s+\p{Ll}|['’])` : '';
  return [
    ...matches(text, new RegExp(String.raw`(?<![\p{L}\p{N}'’])${letter}(?![\p{L}\p{N}])${word}`, 'gu')),
    ...matches(text, new RegExp(String.raw`(?<=[([]\s?)${either}(?=\s?[)\]])`, 'gu')),
    ...matches(
      text,
      new RegExp(
        String.raw`(?<=\b(?:option|choice|answer|letter)\s["'“(]?)${either}(?![\p{L}\p{N}'’]|\s\p{Ll})`,
        'gu',
      ),
    ),
    ...matches(
      text,
      new RegExp(String.raw`(?<=\b(?:[Oo]ption|[Cc]hoice|[Ll]etter)\s)${either}(?![\p{L}\p{N}'’])`, 'gu'),
    ),
  ];
}

/** Every place that has a JSON text, however it is laid out. */
export function jsonSpans(text: string, json: string): Span[] {
  const tokens = json.match(/"(?:[^"\\]|\\.)*"|[\w.+-]+|[^\s\w]/g) ?? [];
  return tokens.length > 1000
    ? []
    : matches(text, new RegExp(tokens.map(literally).join(String.raw`\s*`), 'gu'));
}

/** Most formulas of a text that are compared with a gold answer, and the longest. */
const mostFormulas = 40;
const longestFormula = 300;

/** Every place that has a formula of the gold answer's value or its LaTeX, whatever the white space and the sizes of fractions and brackets. */
export function formulaSpans(text: string, gold: string): Span[] {
  const formulas = [
    ...mathSpans(text).map(({ start, end, content }) => ({ start, end, content })),
    ...boxed(text).map(({ position, end, content }) => ({ start: position, end, content })),
  ];
  const equal = formulas
    .filter(({ content }) => content.length <= longestFormula && content !== '')
    .slice(0, mostFormulas)
    .filter(({ content }) => compareMath(content, gold).equal);
  return [...equal, ...matches(text, spelledLatex(gold))];
}

const latexToken = /\\[a-zA-Z]+|\\.|\d+(?:\.\d+)?|[^\s]/g;
const gap = String.raw`(?:\s|\\left|\\right|\\[,;:!]){0,8}`;

/** A pattern for a piece of LaTeX that ignores white space, \left and \right and the sizes of fractions; plain text matches too. */
function spelledLatex(gold: string): RegExp {
  const tokens = (
    gold.replaceAll(/\\(?:left|right)(?![a-zA-Z])|\\[,;:!]/g, ' ').match(latexToken) ?? []
  ).slice(0, 300);
  const parts = tokens.map((token) =>
    /^\\[dtc]?frac$/.test(token) ? String.raw`\\[dtc]?frac` : literally(token),
  );
  const before = /^[\p{L}\p{N}]/u.test(gold) ? String.raw`(?<![\p{L}\p{N}.])` : '';
  const after = /[\p{L}\p{N}]$/u.test(gold) ? String.raw`(?![\p{L}\p{N}]|\.\d)` : '';
  return new RegExp(`${before}${parts.join(gap)}${after}`, 'gu');
}

function literally(text: string): string {
  return text.replaceAll(/[\\^$.*+?()[\]{}|/]/g, String.raw`\$&`);
}

function matches(text: string, pattern: RegExp): Span[] {
  return Array.from(text.matchAll(pattern), (match) => ({
    start: match.index,
    end: match.index + match[0].length,
  })).filter(({ start, end }) => end > start);
}
