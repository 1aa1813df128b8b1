const probe = 24;
const leastRepetitions = 3;
const leastLength = 60;

/**
 * A text that ends in the same words over and over, without the unfinished last time: "She makes 18. She makes 18. She makes 1" ends after the
 * second sentence. Any other text stays as it is. Linear time.
 */
export function withoutUnfinishedRepeat(text: string): string {
  const period = periodOfEnd(text);
  if (period === undefined) return text;
  const last = text.slice(-period);
  if (!/\s/.test(last)) return text;
  const boundary = Math.max(...Array.from(last.matchAll(/[.!?](?=\s|$)|\n/g), ({ index }) => index + 1), -1);
  const at = boundary === -1 ? last.search(/\s\S*$/) : boundary;
  return text.slice(0, text.length - period + at);
}

/** Characters after which the end of a text repeats itself, three times or more over 60 characters or more; undefined when it does not. */
function periodOfEnd(text: string): number | undefined {
  const end = text.slice(-probe);
  const before = text.lastIndexOf(end, text.length - probe - 1);
  if (end.length < probe || before === -1) return undefined;
  const period = text.length - probe - before;
  const length = Math.max(leastLength, leastRepetitions * period);
  if (length > text.length) return undefined;
  return text.slice(-length + period) === text.slice(-length, -period) ? period : undefined;
}
