import { numeral } from './words.js';

const tens =
  /\b(?:twen|thir|for|fif|six|seven|eigh|nine)ty[- ](?:one|two|three|four|five|six|seven|eight|nine)\b/gi;

/** Spellings that no single token shows, in the form that the parser knows. */
export function spelled(text: string): string {
  return text
    .replaceAll(/(\d)\s?[xX]\s?(?=10\s?\^)/g, '$1*')
    .replaceAll(/(?<![\\a-z])log(\d{1,3})\s?\(/g, 'log_{$1}(')
    .replaceAll(
      /(?<=\d)\s?\^?\s?\{?\s?(?:\\(?:text|mathrm|textsuperscript)\s?\{)(?:st|nd|rd|th)\s?\}{1,2}|(?<=\d)(?:\^\{(?:st|nd|rd|th)\}|th\b)/g,
      '',
    )
    .replaceAll(tens, (whole) => String(numeral(whole) ?? whole))
    .replaceAll(/\bUS\s?(?=\\?\$)/g, '')
    .replaceAll(/\b([ap])\.\s?m\b\.?/gi, '$1m')
    .replaceAll(/_\s?\{((?:[^{}]|\{[^{}]{0,40}\}){1,60})\}/g, subscript)
    .replace(
      /(?<=[0-9A-Z)])[\s~]*(?:\\text\s?\{)?\s?\(?(?:in )?base[\s~}-]{1,3}(?:\\text\s?\{)?([a-z]+|\d{1,2})[\s)}]*$/i,
      named,
    )
    .replaceAll(/\(\s?([0-9A-Z]{1,60})\s?\)\s?(?=_)/g, '$1')
    .replaceAll(/\\(?:text|textrm|textbf|mathrm|mathbf|mbox)\s?\{\s?([0-9A-Z]{1,60})\s?\}\s?_/g, '$1_');
}

/** 1011_{\text{two}} and 1011_{\text{base }2} as 1011_{2}. */
function subscript(whole: string, content: string): string {
  if (!/[a-z]{3}/i.test(content)) return whole;
  return named(whole, content.replaceAll(/\\[a-z]+|[{}~\s]|base/gi, ''));
}

function named(whole: string, base: string): string {
  const value = /^\d+$/.test(base) ? Number(base) : numeral(base);
  return value === undefined ? whole : `_{${value}}`;
}
