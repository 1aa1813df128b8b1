import Table from 'cli-table3';
import type { Colors } from './colors.js';

const bare = {
  top: '',
  'top-mid': '',
  'top-left': '',
  'top-right': '',
  bottom: '',
  'bottom-mid': '',
  'bottom-left': '',
  'bottom-right': '',
  left: '',
  'left-mid': '',
  mid: '',
  'mid-mid': '',
  right: '',
  'right-mid': '',
  middle: '  ',
};

/**
 * A table without lines: a dimmed heading and rows.
 *
 * @param align one letter a column: l or r
 */
export function table(
  head: readonly string[],
  rows: readonly (readonly string[])[],
  align: string,
  colors: Colors,
): string {
  const view = new Table({
    head: head.map((title) => colors.dim(title)),
    chars: bare,
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': 0 },
    colAligns: align.split('').map((letter) => (letter === 'r' ? 'right' : 'left')),
  });
  view.push(...rows.map((row) => [...row]));
  return view
    .toString()
    .split('\n')
    .map((line) => line.trimEnd())
    .join('\n');
}
