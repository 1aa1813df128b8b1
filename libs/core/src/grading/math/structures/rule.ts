import type { Work } from '../limits.js';
import type { Node } from '../notation/node.js';
import type { Comparison } from '../values/same.js';

/** What a rule may use. */
export interface Context {
  work: Work;
  /** Compares two answers or parts of answers by all rules. */
  compare: (a: Node, b: Node) => Comparison;
  same: (a: Node, b: Node) => boolean;
}

/**
 * Decides about two answers of the kinds that it knows; undefined leaves them to the next rule. Treats both alike, but for the
 * reason: the first one is the given answer.
 */
export type Rule = (a: Node, b: Node, context: Context) => Comparison | undefined;

export const another: Comparison = { equal: false, reason: 'another kind of answer' };
export const yes = (reason: string): Comparison => ({ equal: true, reason });
export const no = (reason: string): Comparison => ({ equal: false, reason });

/** Whether a node is made of statements, whose parts are compared by rules of their own. */
export function isStatement(node: Node): boolean {
  return node.kind === 'relation' || node.kind === 'list' || node.kind === 'set';
}

export function inOrder(a: readonly Node[], b: readonly Node[], context: Context): Comparison {
  if (a.length !== b.length) return no('another number of parts');
  const at = a.findIndex((part, index) => !context.same(part, b[index] ?? part));
  return at < 0 ? yes('the same parts in order') : no(`part ${at + 1} differs`);
}
