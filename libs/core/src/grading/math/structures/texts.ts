import type { Node } from '../notation/node.js';

/**
 * The words of an answer in text, ignoring case, punctuation, articles and how LaTeX sets them. Two answers that are no
 * notation are equal when these are.
 */
export function plainWords(text: string): string {
  return text
    .normalize('NFKC')
    .replaceAll(
      /\\(?:text(?:bf|it|rm|sf|tt|normal)?|mbox|mathrm|mathbf|mathit|operatorname|left|right|displaystyle)(?![a-zA-Z])/g,
      ' ',
    )
    .replaceAll(/\\[,;:! ]|[{}$~"“”.!?]/g, ' ')
    .toLowerCase()
    .split(/\s+/u)
    .filter((word) => word !== '' && !articles.has(word))
    .join(' ');
}

const articles = new Set(['a', 'an', 'the']);

/** The words of a node that may be text: of text, of a name, of letters side by side. */
export function wordsOf(node: Node): string | undefined {
  if (node.kind === 'text') return plainWords(node.text);
  if (node.kind === 'symbol') return plainWords(node.name) || node.name.toLowerCase();
  if (node.kind === 'constant') return node.name;
  if (node.kind !== 'multiply') return undefined;
  const letters = node.parts.map((part) =>
    part.kind === 'symbol' || part.kind === 'constant' ? part.name : undefined,
  );
  return letters.includes(undefined) ? undefined : letters.join('').toLowerCase();
}
