import { firstSentence } from './statement.js';

const opening = /^[\s:*_]{0,10}(?:\$\$|\$|\\\[|\\\(|\\begin\s?\{([a-z]{1,20}\*?)\})/;

/** What a text states from its start on: to the end of the sentence, a formula that begins it taken whole, over lines where it has several. */
export function contentAt(rest: string): string {
  const opened = opening.exec(rest);
  if (opened === null) return firstSentence(rest);
  const end = closing(rest, opened[0].trimStart().replace(/^[:*_\s]+/, ''), opened[0].length, opened[1]);
  return end === undefined
    ? firstSentence(rest)
    : `${rest.slice(0, end)}${firstLine(rest.slice(end))}`.trim();
}

function firstLine(text: string): string {
  return text.startsWith('\n') ? '' : firstSentence(text);
}

function closing(
  text: string,
  opener: string,
  from: number,
  environment: string | undefined,
): number | undefined {
  if (environment !== undefined) return after(text, `\\end{${environment}}`, from);
  if (opener === '$$') return after(text, '$$', from);
  if (opener === '\\[') return after(text, '\\]', from);
  if (opener === '\\(') return after(text, '\\)', from);
  // One dollar may be a currency: "$5 and $6" is no formula.
  const match = /^(?:\\.|[^$\\\n]|\n(?!\s*\n))*?\$(?!\d)/.exec(text.slice(from));
  return match === null ? undefined : from + match[0].length;
}

function after(text: string, delimiter: string, from: number): number | undefined {
  const at = text.indexOf(delimiter, from);
  return at === -1 ? undefined : at + delimiter.length;
}
