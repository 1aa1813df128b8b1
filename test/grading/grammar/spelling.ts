import type { Dice } from './dice.js';

/** Ways to write the same LaTeX that change nothing but its looks; one is applied. */
const spellings: ((text: string) => string)[] = [
  (text) => text.replaceAll(/\\[dt]?frac/g, '\\dfrac'),
  (text) => text.replaceAll(/\\(?:left|right)(?=[()[\]|]|\\[{}])/g, ''),
  (text) =>
    text.includes('\\left') ? text : text.replaceAll(/[([]/g, '\\left$&').replaceAll(/[)\]]/g, '\\right$&'),
  (text) => text.replaceAll('+', ' + ').replaceAll('=', ' = '),
  (text) => text.replaceAll('-', '−'),
  (text) => text.replaceAll('\\cdot', '\\times'),
  (text) => text.replaceAll('\\pi', '{\\pi}'),
  (text) => text.replaceAll('\\le ', '\\leq ').replaceAll('\\ge ', '\\geq '),
  (text) => text.replaceAll(', ', ',\\; '),
  (text) => `${text}.`,
  (text) => ` ${text} `,
  (text) => `$${text}$`,
  (text) => `\\(${text}\\)`,
  (text) => `\\displaystyle ${text}`,
  (text) => `{${text}}`,
];

/** The same text with one of the spellings applied, at random. */
export function spelt(text: string, dice: Dice): string {
  return dice.of(spellings)(text);
}
