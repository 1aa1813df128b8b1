import { visible } from '../../report/escape.js';

/**
 * Text written by a model, for a terminal: escape sequences and other control characters made harmless, wrapped at words, indented.
 *
 * @param width columns, the indentation included
 */
export function quoted(text: string, width: number, indent = '  '): string {
  const room = Math.max(20, width - indent.length);
  return visible(text)
    .split('\n')
    .flatMap((line) => wrapLine(line, room))
    .map((line) => `${indent}${line}`.trimEnd())
    .join('\n');
}

/** One line of at most `length` characters, for lists. */
export function oneLine(text: string, length: number): string {
  const line = visible(text).replaceAll(/\s+/g, ' ').trim();
  return line.length <= length ? line : `${line.slice(0, Math.max(1, length - 1))}…`;
}

function wrapLine(line: string, room: number): string[] {
  const lines: string[] = [];
  let current = '';
  for (const word of line.split(' ')) {
    if (current !== '' && current.length + 1 + word.length > room) {
      lines.push(current);
      current = word;
    } else {
      current = current === '' ? word : `${current} ${word}`;
    }
    for (; current.length > room; current = current.slice(room)) lines.push(current.slice(0, room));
  }
  return [...lines, current];
}
