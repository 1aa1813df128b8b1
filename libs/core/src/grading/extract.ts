import type { ExtractionMethod } from './kinds.js';

/** A place where a response says what its final answer is. */
export interface Statement {
  method: ExtractionMethod;
  /** Where it stands, for comparing places. */
  position: number;
  /** What is stated, trimmed; at most 400 characters. */
  content: string;
}

const longest = 400;

/** LaTeX spellings inside numbers, written plainly: `\$`, `\%`, `1{,}450`, `1\,450`, `\frac{1}{2}`. */
export function plainNumbers(text: string): string {
  if (!text.includes('\\') && !text.includes('{,}')) return text;
  return text
    .replaceAll(/\\([$%])/g, '$1')
    .replaceAll('{,}', ',')
    .replaceAll(/(?<=\d)\\[,!](?=\d{3})/g, '')
    .replaceAll(/\\[dt]?frac\{(\d{1,64})\}\{(\d{1,64})\}/g, '$1/$2');
}

/** Every explicit statement of a final answer (\boxed{}, ####, "the answer is"), in the order of the text. Linear time. */
export function statements(text: string): Statement[] {
  return [...boxed(text), ...hashes(text), ...stated(text)].sort((a, b) => a.position - b.position);
}

/** Contents of **bold** spans on one line, in order. */
export function emphases(text: string): Statement[] {
  return Array.from(text.matchAll(/\*\*([^*\n]{1,200})\*\*/g), (match) => ({
    method: 'emphasis' as const,
    position: match.index,
    content: (match[1] ?? '').trim(),
  }));
}

function boxed(text: string): Statement[] {
  const found: Statement[] = [];
  const marker = /\\f?boxed\s{0,2}\{/g;
  for (let match = marker.exec(text); match !== null; match = marker.exec(text)) {
    const start = match.index + match[0].length;
    const end = closingBrace(text, start);
    if (end !== undefined)
      found.push({ method: 'boxed', position: match.index, content: text.slice(start, end).trim() });
  }
  return found;
}

/** Position of the brace that closes the group opened just before `start`, looked for in a bounded window. */
function closingBrace(text: string, start: number): number | undefined {
  let depth = 1;
  for (let at = start; at < text.length && at < start + longest; at++) {
    if (text[at] === '{') depth++;
    else if (text[at] === '}' && --depth === 0) return at;
  }
  return undefined;
}

function hashes(text: string): Statement[] {
  return Array.from(text.matchAll(/####(?!#)/g), (match) => {
    const start = match.index + match[0].length;
    const line = text.slice(start, start + longest).split('\n', 1)[0] ?? '';
    return { method: 'hash' as const, position: match.index, content: firstSentence(line) };
  });
}

const link = /^[^\n.!?:=]{0,40}?(?::|=|\bis\b|\bequals\b)[\s:*_]{0,8}/i;

function stated(text: string): Statement[] {
  const found: Statement[] = [];
  for (const match of text.matchAll(/\banswer\b/gi)) {
    const start = match.index + match[0].length;
    const window = text.slice(start, start + longest);
    const joined = link.exec(window);
    if (joined === null) continue;
    const rest = window.slice(joined[0].length);
    found.push({ method: 'stated', position: match.index, content: firstSentence(rest) });
  }
  return found;
}

function firstSentence(text: string): string {
  return text.slice(0, /[.!?](?=\s|$)|\n/.exec(text)?.index ?? text.length).trim();
}
