import type { Work } from '../limits.js';
import { containsKind, sameTree, type Node, type NodeOf } from '../notation/node.js';
import { exactValue } from '../values/exact.js';
import { difference, proportional } from '../values/same.js';

type RelationNode = NodeOf<'relation'>;

/** A letter or named object, with or without an argument: x, AB, f(x), y_1. */
export function isVariable(node: Node): boolean {
  if (node.kind === 'apply') return node.parts.every((part) => part.kind === 'symbol');
  return node.kind === 'symbol' && !node.name.startsWith('\\mathbb');
}

/** What a value can be given to: a variable, or a tuple of them. */
export function isLabel(node: Node): boolean {
  if (node.kind === 'tuple') return node.parts.length > 0 && node.parts.every(isVariable);
  return node.kind === 'text' || isVariable(node) || isSegment(node);
}

/** Letters side by side: an unspaced product such as "ab" may name something. */
function isSegment(node: Node): boolean {
  return node.kind === 'apply' && node.name === 'overline';
}

/** "x = 5", "5 = x", "AB = BC = 5", "x ∈ S", "x ≈ 5": what is named, and its value. */
export function assignmentOf(node: Node): { label: Node; value: Node } | undefined {
  if (node.kind !== 'relation' || !node.operators.every((operator) => '=≈∈'.includes(operator)))
    return undefined;
  const [first, last] = [node.parts[0], node.parts.at(-1)];
  if (first === undefined || last === undefined) return undefined;
  if (isLabel(first) && !isSame(first, last)) return { label: first, value: valueOf(node) };
  if (node.parts.length === 2 && node.operators[0] === '=' && isLabel(last))
    return { label: last, value: first };
  return undefined;
}

function isSame(a: Node, b: Node): boolean {
  return sameTree(a, b);
}

/** The last side that "=" leads to: before the first "≈", which stands before a rounded value. */
function valueOf(node: RelationNode): Node {
  const rounded = node.operators.findIndex((operator, index) => operator === '≈' && index > 0);
  const value = node.parts[rounded < 0 ? node.parts.length - 1 : rounded];
  return value ?? node;
}

/** "0.56 = 56%" or "2/3 ≈ 0.67": a value written in several ways, each of which counts. */
export function alternativesOf(node: Node): Node[] {
  if (node.kind !== 'relation' || !node.operators.every((operator) => '=≈'.includes(operator))) return [];
  return node.parts.some((part) => containsKind(part, 'symbol', 'apply', 'text')) ? [] : node.parts;
}

/** Equations up to their sides' order and a nonzero factor; inequalities up to direction and a positive factor. */
export function sameRelation(
  a: RelationNode,
  b: RelationNode,
  equal: (a: Node, b: Node) => boolean,
  work: Work,
): boolean {
  const [x, y] = [upward(a), upward(b)];
  if (x.operators.join('') !== y.operators.join('')) return false;
  const pairs = (left: Node[], right: Node[]): boolean =>
    left.length === right.length && left.every((part, index) => equal(part, right[index] ?? part));
  if (pairs(x.parts, y.parts)) return true;
  const symmetric = x.operators.every((operator) => '=≠≈'.includes(operator));
  if (symmetric && pairs(x.parts, y.parts.toReversed())) return true;
  const [left, right] = [sidesOf(x), sidesOf(y)];
  return left !== undefined && right !== undefined && proportional(left, right, !symmetric, work);
}

/** left - right of a relation between two numbers. */
function sidesOf(node: RelationNode): Node | undefined {
  const [left, right] = node.parts;
  if (node.parts.length !== 2 || left === undefined || right === undefined || node.operators[0] === '∈')
    return undefined;
  return difference(left, right);
}

const turned = new Map<string, '<' | '≤'>([
  ['>', '<'],
  ['≥', '≤'],
]);

/** A chain of inequalities from small to large. */
function upward(node: RelationNode): RelationNode {
  if (!node.operators.every((operator) => turned.has(operator) || operator === '=')) return node;
  if (!node.operators.some((operator) => turned.has(operator))) return node;
  return {
    kind: 'relation',
    operators: node.operators.map((operator) => turned.get(operator) ?? operator).toReversed(),
    parts: node.parts.toReversed(),
  };
}

/** Whether both are numerals of the same digits, or of the same base and digits: "1011_2" may leave out its base. */
export function sameNumeral(a: Node, b: Node, work: Work): boolean {
  const [x, y] = [a, b].map((node) => {
    if (node.kind === 'based') return { digits: trimmed(node.digits), base: node.base };
    const exact = node.kind === 'number' ? exactValue(node, work) : undefined;
    return exact === undefined
      ? undefined
      : { digits: trimmed(node.kind === 'number' ? node.text : ''), base: undefined };
  });
  if (x === undefined || y === undefined) return false;
  return x.digits === y.digits && (x.base === undefined || y.base === undefined || x.base === y.base);
}

function trimmed(digits: string): string {
  const bare = digits.toUpperCase().replace(/^0+(?=[0-9A-Z])/, '');
  return bare.includes('.') ? bare.replace(/\.?0+$/, '') : bare;
}
