import { contentAt } from './content.js';
import { lastMatches, longestContent, type Statement } from './statement.js';

/** What follows "####" on its line, or on the next line when the line is empty. A heading of Markdown looks alike: see `isHeading`. */
export function hashes(text: string): Statement[] {
  return lastMatches(text, /(?<!#)####(?!#)[ \t*:]{0,20}\n?/g)
    .map((match) => {
      const start = match.index + match[0].length;
      const content = contentAt(text.slice(start, start + longestContent));
      const line = text.slice(start, start + 80);
      return {
        heading: isHeading(line),
        method: 'hash' as const,
        position: match.index,
        end: start + content.length,
        content,
        marked: true,
        cutOff: content === '' && text.slice(start).trim() === '',
      };
    })
    .flatMap(({ heading, ...statement }) => (heading ? [] : [statement]));
}

/** "Step 2: add 5" or "2. Add": a heading, no answer. */
export function isHeading(content: string): boolean {
  return /^[*_\s]{0,4}(?:(?:step|part|case|question|problem|example|method|section|phase|day|week|year|option|scenario|approach|exercise|q)\b|[\d]{1,2}[.)]\s{0,4}\*{0,2}\p{L})/iu.test(
    content,
  );
}
