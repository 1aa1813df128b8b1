import type { RejectReason } from './events.js';

/** What became of an editor's output. */
export type ParsedEdit =
  | { reward: string; repaired: boolean; rejected?: undefined }
  | { reward?: undefined; rejected: RejectReason };

const open = '<reward>';
const close = '</reward>';

/**
 * Takes the new reward text out of what the editor wrote. The asked form is one text between <reward> and </reward>; of several the last counts.
 * What lacks a tag but is usable is repaired: code fences, a leading line such as "Here is the new text:" and surrounding quotes are
 * stripped; of a text that was cut off, the unfinished sentence is dropped.
 *
 * @param options.tried texts that would be no change: the current one, and those that were scored before
 * @param options.maxLength longest text, characters
 * @param options.cutOff the output ended at the token limit
 */
export function parseEdit(
  output: string,
  options: { tried: readonly string[]; maxLength: number; cutOff: boolean },
): ParsedEdit {
  const { text, form } = extract(output);
  const usable = form === 'asked' ? text : repair(text, options.cutOff && form !== 'unopened');
  if (usable === '') return { rejected: text === '' ? 'EMPTY' : 'MALFORMED' };
  if (form === 'bare' && isRefusal(usable)) return { rejected: 'MALFORMED' };
  if (usable.length > options.maxLength) return { rejected: 'TOO_LONG' };
  if (options.tried.some((tried) => same(tried, usable))) return { rejected: 'UNCHANGED' };
  return { reward: usable, repaired: form !== 'asked' };
}

type Form = 'asked' | 'unclosed' | 'unopened' | 'bare';

function extract(output: string): { text: string; form: Form } {
  const lower = output.toLowerCase();
  const end = lower.lastIndexOf(close);
  const begin = end < 0 ? lower.lastIndexOf(open) : lower.lastIndexOf(open, end);
  if (begin >= 0 && end > begin)
    return { text: output.slice(begin + open.length, end).trim(), form: 'asked' };
  if (end >= 0) return { text: output.slice(0, end).trim(), form: 'unopened' };
  if (begin >= 0) return { text: output.slice(begin + open.length).trim(), form: 'unclosed' };
  return { text: output.trim(), form: 'bare' };
}

function repair(text: string, cutOff: boolean): string {
  const lines = text.split('\n').filter((line) => !/^\s{0,8}(?:```|~~~)/.test(line));
  while (lines.length > 1 && isPreamble(lines[0] ?? '')) lines.shift();
  const body = unquoted(withoutLabel(lines.join('\n').trim()));
  return cutOff ? body.slice(0, lastSentenceEnd(body)).trim() : body;
}

/** An empty line, a heading, or a short line that announces the text. */
function isPreamble(line: string): boolean {
  const text = line.trim();
  return text === '' || /^#{1,6}\s/.test(text) || (text.length <= 160 && /[:：]\**$/.test(text));
}

function withoutLabel(text: string): string {
  const label =
    /^\**(?:here(?: is|'s)[^:\n]{0,80}|(?:the )?(?:new |revised |improved |updated )?(?:review|reward)(?: text)?)\**:\**\s*/i;
  return text.replace(label, '');
}

function unquoted(text: string): string {
  const pairs: Record<string, string> = { '"': '"', "'": "'", '“': '”', '‘': '’', '`': '`', '«': '»' };
  const closing = pairs[text.charAt(0)];
  const quoted = text.length >= 2 && closing !== undefined && text.endsWith(closing);
  return quoted ? text.slice(1, -1).trim() : text;
}

function lastSentenceEnd(text: string): number {
  return Math.max(...['.', '!', '?', '。'].map((mark) => text.lastIndexOf(mark))) + 1;
}

function isRefusal(text: string): boolean {
  return /^(?:i(?:'m| am) (?:sorry|unable|not able)|i (?:cannot|can't|can not)|as an ai)\b/i.test(text);
}

function same(a: string, b: string): boolean {
  return a.split(/\s+/u).join(' ').trim() === b.split(/\s+/u).join(' ').trim();
}
