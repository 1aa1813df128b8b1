import { lastMatches, type Statement } from './statement.js';

const bold =
  /\*\*([^*\n]{1,200})\*\*|(?<![\w_])__([^_\n]{1,200})__(?![\w_])|\\textbf\s?\{([^{}\n]{1,200})\}/gi;

/** Contents of bold spans on one line (Markdown, LaTeX), in order. */
export function emphases(text: string): Statement[] {
  return lastMatches(text, bold).map((match) => ({
    method: 'emphasis' as const,
    position: match.index,
    end: match.index + match[0].length,
    content: (match[1] ?? match[2] ?? match[3] ?? '').trim(),
    marked: true,
    cutOff: false,
  }));
}
