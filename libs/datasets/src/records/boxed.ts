const boxes = /\\(?:boxed|fbox)(?![a-zA-Z])\s*/g;

/**
 * The content of the last `\boxed{...}` (or `\fbox{...}`, or `\boxed 2`) of a worked solution, braces balanced; undefined when there is none.
 */
export function lastBoxed(solution: string): string | undefined {
  let last: string | undefined;
  for (const match of solution.matchAll(boxes)) {
    const from = match.index + match[0].length;
    const content = solution[from] === '{' ? balanced(solution, from) : solution[from];
    if (content !== undefined) last = content;
  }
  return last;
}

/** What stands between the brace at `from` and the one that closes it; undefined when none does. */
function balanced(text: string, from: number): string | undefined {
  let depth = 0;
  for (let at = from; at < text.length; at++) {
    const character = text[at];
    if (character === '\\') at++;
    else if (character === '{') depth++;
    else if (character === '}' && --depth === 0) return text.slice(from + 1, at);
  }
  return undefined;
}
