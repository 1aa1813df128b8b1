import { sentenceStart } from '../response/statement.js';

const known = 'sqrt|pi|sin|cos|tan|log|ln|exp|inf|infty|infinity|abs|and|or|mod';
const words = new RegExp(String.raw`(?<![\p{L}\\])(?!(?:${known})(?!\p{L}))\p{L}{2,}`, 'iu');
const tuple = /(?:^|[\s:=])([([]\s*[^()[\]\n]{1,100},[^()[\]\n]{1,100}[)\]])$/;
const list = /(?:^|\s)((?:[-−]?[\d./]{1,40},\s+){0,40}[-−]?[\d./]{1,40},?\s+(?:and|or)\s+[-−]?[\d./]{1,40})$/;

/**
 * The formula that ends a text without delimiters: a tuple or an interval ("the point is (3, -1)."), a list ("are 2, 3 and 5."), or what follows "is" or "=" when it is
 * no prose ("is 2x + 3."). Undefined when there is none but a single number, which needs no formula.
 */
export function plainExpression(text: string): string | undefined {
  const trimmed = text.trimEnd().replace(/(?<![.!\s*_`])[.!\s*_`]+$/, '');
  const sentence = trimmed.slice(sentenceStart(trimmed, trimmed.length, 400));
  const closed = tuple.exec(sentence)?.[1];
  if (closed !== undefined && !words.test(closed)) return closed;
  const listed = list.exec(sentence)?.[1];
  if (listed !== undefined) return listed.replaceAll(/,?\s+(?:and|or)\s+/g, ', ');
  const from = Math.max(
    ...Array.from(
      sentence.matchAll(/\b(?:is|are|equals|be|get|obtain)\s/g),
      ({ index, 0: { length } }) => index + length,
    ),
    sentence.lastIndexOf('=') + 1,
  );
  const rest = sentence.slice(from).trim();
  if (from === 0 || rest === '' || rest.length > 200 || words.test(rest) || /^[-+$]?[\d.,]+%?$/.test(rest))
    return undefined;
  return /[\p{L}\d]/u.test(rest) ? rest : undefined;
}
