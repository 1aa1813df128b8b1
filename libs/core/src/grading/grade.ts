import { emphases, plainNumbers, statements } from './extract.js';
import { goldText } from './gold.js';
import type {
  ExtractionMethod,
  GradedText,
  GraderKind,
  GradingSettings,
  PureGraderKind,
  Verdict,
} from './kinds.js';
import { equalNumbers, numberTokens, parseNumber, type NumberToken } from './number.js';

interface Found {
  method: ExtractionMethod;
  extracted: string;
  number: NumberToken | undefined;
}

/**
 * Grades one response.
 *
 * `number`: the final answer is the last explicit statement (\boxed{x}, "#### x", "the answer is x", "answer: x") that names
 * a number; without one the last emphasised **x**; without one the last number of the response. Equal means the same exact
 * value, whatever the notation: 1,450.0 = 1450, 3/4 = 0.75, $5 = 5 dollars.
 *
 * `exact`: the whole response, or what it explicitly states as its answer, equals the gold answer, ignoring case, white
 * space, surrounding quotes and final punctuation (Unicode NFKC).
 *
 * Time is linear in the response. A response without an answer is wrong, never an error.
 *
 * @param gold the gold answer; for `number` a number in any notation, a GSM8K solution that ends in "#### x" included
 */
export function gradeText(
  { kind }: GradingSettings & { kind: PureGraderKind },
  { text }: GradedText,
  gold: string,
): Verdict {
  return numeric(kind) ? gradeNumber(text, gold) : gradeExact(text, gold);
}

/** Why the grader can never match a gold answer; undefined when it can. */
export function goldProblem({ kind, judge }: GradingSettings, gold: string): string | undefined {
  if ((kind as GraderKind) === 'judge' && gold.trim() === '')
    return judge.reference === 'base'
      ? undefined
      : 'is empty: give every example an answer to compare with, or set grading.judge.reference to base';
  if (gold.trim() === '') return 'is empty: every example needs a gold answer';
  if (numeric(kind) && goldNumber(gold)?.value === undefined)
    return `is ${JSON.stringify(gold.slice(0, 60))}, which is no single number: correct it, or set grading.kind to exact`;
  return undefined;
}

function numeric(kind: string): boolean {
  return kind === 'number' || kind === 'gsm8k' || kind === 'gsmhard';
}

function gradeNumber(response: string, gold: string): Verdict {
  const found = findNumber(plainNumbers(response));
  const expected = goldNumber(gold);
  const { method, extracted } = found;
  if (method === 'none') return { correct: false, extracted, method, reason: 'no number in the response' };
  if (found.number === undefined)
    return { correct: false, extracted, method, reason: 'the stated answer is no single number' };
  const correct = expected !== undefined && equalNumbers(found.number, expected);
  return {
    correct,
    extracted,
    method,
    reason: correct ? 'equals the gold answer' : 'differs from the gold answer',
  };
}

function goldNumber(gold: string): NumberToken | undefined {
  return parseNumber(goldText(gold));
}

function findNumber(text: string): Found {
  const explicit = statements(text)
    .reverse()
    .find(({ content }) => /\d/.test(content));
  if (explicit !== undefined) {
    const number = statedNumber(explicit.content);
    return { method: explicit.method, extracted: number?.text ?? explicit.content, number };
  }
  const emphasised = emphases(text)
    .map(({ content }) => emphasisedNumber(content))
    .findLast((number) => number !== undefined);
  if (emphasised !== undefined) return { method: 'emphasis', extracted: emphasised.text, number: emphasised };
  const only = parseNumber(text);
  if (only !== undefined && /^[\s.!)*_"'`]*$/.test(text.slice(only.end))) {
    return { method: 'whole', extracted: only.text, number: only };
  }
  const last = [...numberTokens(text)].at(-1);
  if (last !== undefined) return { method: 'last_number', extracted: last.text, number: last };
  return { method: 'none', extracted: '', number: undefined };
}

/** The number of a stated answer: after the last "=" of a calculation, else the first, unless it is an unfinished calculation. */
function statedNumber(content: string): NumberToken | undefined {
  const result = content.slice(content.lastIndexOf('=') + 1);
  const [first, second] = numberTokens(result);
  if (first === undefined || second === undefined) return first;
  return /^\s*[-+*×÷/−]\s*$/u.test(result.slice(first.end, second.start)) ? undefined : first;
}

/** The number of a bold span that is an answer ("18", "$18", "18 apples", "Total: 18"), not a heading ("Step 1", "1. Add"). */
function emphasisedNumber(content: string): NumberToken | undefined {
  const body = content.slice(Math.max(content.lastIndexOf('='), content.lastIndexOf(': ')) + 1).trim();
  const number = parseNumber(body);
  if (number === undefined || /^[.)]\s*\p{L}|^:/u.test(body.slice(number.end))) return undefined;
  return number;
}

function gradeExact(response: string, gold: string): Verdict {
  const expected = normalised(gold);
  const whole = normalised(response);
  if (whole === '') return { correct: false, extracted: '', method: 'none', reason: 'the response is empty' };
  const stated = statements(response).findLast(({ content }) => normalised(content) !== '');
  if (stated === undefined || whole === expected) {
    const extracted = response.trim();
    return verdictOfText(whole === expected, extracted, 'whole');
  }
  return verdictOfText(normalised(stated.content) === expected, stated.content, stated.method);
}

function verdictOfText(correct: boolean, extracted: string, method: ExtractionMethod): Verdict {
  return {
    correct,
    extracted,
    method,
    reason: correct ? 'equals the gold answer' : 'differs from the gold answer',
  };
}

function normalised(text: string): string {
  return text
    .normalize('NFKC')
    .toLowerCase()
    .split(/\s+/u)
    .filter((word) => word !== '')
    .join(' ')
    .replace(/^["'“‘*`]{1,3}/u, '')
    .replace(/["'”’*`.!,;]{1,4}$/u, '');
}
