import type { ExtractionMethod } from '../kinds.js';
import { findNumber } from '../number/find.js';
import { boxed, lastBoxes } from '../response/boxed.js';
import { emphases } from '../response/emphases.js';
import { hasEnd, sentenceStart, type Statement } from '../response/statement.js';
import { isUndecided, statements, withoutRepeatedStart } from '../response/statements.js';
import { plainNumbers } from '../text/latex.js';
import { plainExpression } from './plain.js';
import { afterLastEquals, lastList, listFrom, mathSpans } from './spans.js';

/** The final mathematical answer of a response. */
export interface FoundExpression {
  method: ExtractionMethod;
  /** LaTeX as it stands in the response, in one or more readings, the first being the likeliest; empty: none was found. */
  candidates: string[];
  /** Members of a list that is the first reading: right too when each of them is the gold answer in another form. */
  members?: string[];
  /** Why there is none; empty when there is one. */
  problem: string;
}

const cutOff = 'the response was cut off in the middle of its answer';

/**
 * The final mathematical answer of a response: its last explicit statement; else the last emphasised one; else the last formula; else the last number.
 *
 * @param cut the response ended at the token limit
 */
export function findExpression(text: string, cut: boolean): FoundExpression {
  const list = withoutRepeatedStart(text, markCut(text, statements(text), cut));
  const last = list.at(-1);
  if (last?.cutOff) return { method: last.method, candidates: [], problem: cutOff };
  const read = list.map((statement) => ({ statement, candidates: candidatesOf(statement) }));
  const firm = read.filter(
    ({ statement, candidates }) => candidates.length > 0 && (statement.marked || isFirm(statement.content)),
  );
  const soft = read.filter(
    ({ statement, candidates }) =>
      candidates.length > 0 && isShortText(statement.content) && !/[\d$\\]/.test(text.slice(statement.end)),
  );
  const best = (firm.length > 0 ? firm : soft).at(-1);
  const emptyBox = list.findLast(({ method, content }) => method === 'boxed' && content === '');
  if (best === undefined && emptyBox !== undefined)
    return { method: 'boxed', candidates: [], problem: 'the box is empty' };
  if (best === undefined) return fallback(text, cut);
  const { method } = best.statement;
  const boxes = list.filter((statement) => statement.method === 'boxed' && statement.content !== '');
  const alternatives =
    method === 'boxed' ? [...new Set(lastBoxes(text, boxes).map(({ content }) => content))] : [];
  if (alternatives.length > 1)
    return { method, candidates: [alternatives.join(', '), ...best.candidates], problem: '' };
  if (isUndecided(firm.map(({ candidates }) => (candidates[0] ?? '').replaceAll(/\s/g, ''))))
    return { method, candidates: [], problem: 'the response goes back and forth between answers' };
  const members = method === 'stated' ? membersOf(best.statement.content) : [];
  return { method, candidates: best.candidates, ...(members.length > 1 && { members }), problem: '' };
}

/** The answer of a text that is nothing but one. */
export function answerExpression(text: string): FoundExpression {
  if (boxed(text).length > 0 || /^\W*(?:the\s+)?(?:final\s+)?answer\b/i.test(text) || text.startsWith('####'))
    return findExpression(text, false);
  const whole = withoutDelimiters(text);
  return {
    method: 'whole',
    candidates: whole === '' ? [] : [whole],
    problem: whole === '' ? 'the answer is empty' : '',
  };
}

/** One formula that is the whole text loses its delimiters; several, and text, stay as they are. */
export function withoutDelimiters(text: string): string {
  const trimmed = text.trim();
  const [span, another] = mathSpans(trimmed);
  if (span === undefined || another !== undefined) return trimmed;
  return span.start === 0 && /^[.,;\s]*$/.test(trimmed.slice(span.end)) ? span.content : trimmed;
}

function markCut(text: string, list: readonly Statement[], cut: boolean): readonly Statement[] {
  const last = list.at(-1);
  if (last === undefined || hasEnd(last) || last.end < text.length) return list;
  const unclosed = (last.content.match(/\$/g) ?? []).length % 2 === 1 && /^\$/.test(last.content);
  // A digit may lack others, an operator an operand, a command its end.
  const open = /[\d,+\-*/^_=\\([{]$|\\[a-zA-Z]{1,20}$/.test(last.content) || depth(last.content) > 0;
  if (!unclosed && !(cut && open)) return list;
  // "$18" with nothing after it is a price, not a formula that was cut off.
  if (!cut && /^\$[\d,.]+\b/.test(last.content)) return list;
  return [...list.slice(0, -1), { ...last, cutOff: true }];
}

function depth(content: string): number {
  return (content.match(/(?<!\\)\{/g) ?? []).length - (content.match(/(?<!\\)\}/g) ?? []).length;
}

const filler =
  /^(?:\s|approximately|about|equal to|exactly|simply|just|therefore|thus|the\s+(?:number|value|interval|point|set|matrix|vector|ordered\s+pair|expression|function|equation|fraction|sum)\b|given by|that|:)+/i;

function candidatesOf({ content, marked, method }: Statement): string[] {
  if (content === '') return [];
  if (method === 'boxed') return [content, ...labelled(content)];
  if (marked && method !== 'hash') return [withoutDelimiters(content)];
  const body = content
    .replace(filler, '')
    .replace(/(?<![.\s])[.\s]+$/, '')
    .replace(/^[*_`]+|[*_`]+$/g, '')
    .trim();
  const spans = mathSpans(body);
  const [first] = spans;
  if (first !== undefined) {
    const at = first.start <= 3 || isFirm(body) ? 0 : spans.length - 1;
    const list = listFrom(body, spans, at).map((span) => span.content.replace(/[.,;]\s*$/, ''));
    const joined = list.join(', ');
    const result = list.length === 1 ? afterLastEquals(joined) : undefined;
    const wholly = /^[^$\\]*$/.test(body.slice(0, first.start)) && first.start > 0 ? [body] : [];
    return [joined, ...(result === undefined ? [] : [result]), ...wholly];
  }
  const prose =
    /\s(?:because|since|as|which|when|where|so|for|in|on|per|after|out of)\s|\s\(|,\s(?=[a-z]{2,}\s)/.exec(
      body,
    );
  return [body, ...labelled(body), ...(prose === null ? [] : [body.slice(0, prose.index)])];
}

/** The formulas of a statement that is a list: "$5$ and $6$". */
function membersOf(content: string): string[] {
  return listFrom(content, mathSpans(content), 0).map((span) => span.content.replace(/[.,;]\s*$/, ''));
}

/** "\\textbf{(B)}\\ 12" is an option with its text; either is the answer. */
function labelled(content: string): string[] {
  const [, boxedLetter, plainLetter, rest] =
    /^(?:\\(?:text|textbf|mathrm|mathbf|bf)\s?\{\s*\(?([A-J])\)?\s*\}|\(([A-J])\)\s)(?:\\[ ,;:!]|~|\\q?quad(?![a-z])|\s|[:.])*(\S[\s\S]*)$/.exec(
      content,
    ) ?? [];
  const letter = boxedLetter ?? plainLetter;
  return letter === undefined || rest === undefined ? [] : [`\\text{(${letter})}`, letter, rest];
}

/** Begins as an answer does: a formula, a number, a bracket, a variable; not a sentence of prose. */
function isFirm(content: string): boolean {
  return /^(?:[\s*_`:-]{0,6})(?:\$|\\|[\d([{±√π∞−+.-]|(?![AaI]\s+[a-z]{2})[A-Za-z](?![A-Za-z'’])|(?:sqrt|pi|infinity|infty|negative|minus)\b)/u.test(
    content.replace(filler, ''),
  );
}

function isShortText(content: string): boolean {
  return content.length <= 60 && content.trim().split(/\s+/).length <= 6;
}

/** A formula with an argument that is never closed ends the text: "Thus $\frac{7}{". */
const openFormula =
  /(?:\$|\\\(|\\\[)[^$\n]{0,200}\\[a-zA-Z]{1,12}\s?(?:\{[^{}\n]{0,60}\}\s?)?\{[^{}\n$]{0,60}$/;

function fallback(text: string, cut: boolean): FoundExpression {
  if (openFormula.test(text.slice(-400))) return { method: 'none', candidates: [], problem: cutOff };
  const emphasised = emphases(text).findLast(
    ({ content }) => isFirm(content) && !/^[^\w$\\]*\d{1,2}[.)]\s*\p{L}|:$/u.test(content),
  );
  if (emphasised !== undefined)
    return { method: 'emphasis', candidates: candidatesOf({ ...emphasised, marked: false }), problem: '' };
  const spans = mathSpans(text);
  const last = spans.at(-1);
  const numbersAfter = last !== undefined && /\d/.test(text.slice(last.end));
  if (last === undefined || numbersAfter) {
    const formula = cut ? undefined : plainExpression(text);
    if (formula !== undefined) return { method: 'last_expression', candidates: [formula], problem: '' };
    const { number, problem } = findNumber(plainNumbers(text), cut);
    if (number !== undefined)
      return { method: 'last_number', candidates: [number.text.replaceAll(/[$€£¥₹]/g, '')], problem: '' };
    if (last === undefined) {
      const whole = text.trim();
      if (isShortText(whole) && whole !== '') return { method: 'whole', candidates: [whole], problem: '' };
      return { method: 'none', candidates: [], problem };
    }
  }
  if (cut && /^\s*$/.test(text.slice(last.end)))
    return { method: 'last_expression', candidates: [], problem: cutOff };
  const concluded = conclusionSpan(text, spans);
  const chosen = concluded ?? last;
  const content = chosen.content.replace(/[.,;]\s*$/, '');
  const result = afterLastEquals(content);
  const list = concluded === undefined ? lastList(text, spans) : [];
  const joined =
    list.length > 1 ? [list.map((span) => span.content.replace(/[.,;]\s*$/, '')).join(', ')] : [];
  return {
    method: 'last_expression',
    candidates: [...joined, content, ...(result === undefined ? [] : [result])],
    problem: '',
  };
}

/** Of "Therefore, the area is $18$ when $r = 3$." the formula after the verb. */
function conclusionSpan(text: string, spans: ReturnType<typeof mathSpans>) {
  const last = spans.at(-1);
  if (last === undefined) return undefined;
  const begin = sentenceStart(text, last.start, 600);
  if (
    !/^\W*(?:so|thus|hence|therefore|consequently|finally|in conclusion)\b/i.test(
      text.slice(begin, begin + 30),
    )
  )
    return undefined;
  return spans.find(
    (span) => span.start >= begin && /\b(?:is|are|equals|be)\s*$/.test(text.slice(begin, span.start)),
  );
}
