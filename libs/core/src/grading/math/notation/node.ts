import type { Rational } from '../values/rational.js';

export type Constant = 'pi' | 'e' | 'i' | 'infinity';
export type Relation = '=' | '≠' | '<' | '≤' | '>' | '≥' | '≈' | '∈' | '≡';
export type SetOperator = '∪' | '∩' | '∖';

/** An answer as it is written: algebra and the structures that answers have. */
export type Node =
  | { kind: 'number'; value: Rational; text: string }
  | { kind: 'constant'; name: Constant }
  | { kind: 'symbol'; name: string }
  | { kind: 'add'; parts: Node[] }
  | { kind: 'multiply'; parts: Node[] }
  | { kind: 'negate'; parts: [Node] }
  /** parts: dividend, divisor */
  | { kind: 'divide'; parts: [Node, Node] }
  /** parts: base, exponent */
  | { kind: 'power'; parts: [Node, Node] }
  /** parts: radicand, index */
  | { kind: 'root'; parts: [Node, Node] }
  /** A function with a known meaning. log: argument, base. */
  | { kind: 'call'; name: string; parts: Node[] }
  /** A function without a known meaning: f(x). */
  | { kind: 'apply'; name: string; parts: Node[] }
  | { kind: 'degree'; parts: [Node] }
  | { kind: 'percent'; parts: [Node] }
  /** ±x or ∓x, a summand. */
  | { kind: 'plusminus'; name: '±' | '∓'; parts: [Node] }
  /** A numeral with its base. */
  | { kind: 'based'; digits: string; base: number; parts: [] }
  | { kind: 'text'; text: string }
  | { kind: 'quantity'; unit: string; parts: [Node] }
  | { kind: 'ratio'; parts: Node[] }
  | { kind: 'tuple'; open: string; close: string; parts: Node[] }
  | { kind: 'set'; parts: Node[] }
  | { kind: 'list'; word: ',' | 'and' | 'or'; parts: Node[] }
  | { kind: 'matrix'; fence: string; columns: number; parts: Node[] }
  | { kind: 'relation'; operators: Relation[]; parts: Node[] }
  | { kind: 'sets'; operator: SetOperator; parts: [Node, Node] }
  /** {variable : condition}; parts: variable, condition */
  | { kind: 'builder'; parts: [Node, Node] }
  /** parts: what is congruent, modulus */
  | { kind: 'congruence'; parts: [Node, Node] };

export type Kind = Node['kind'];
export type NodeOf<K extends Kind> = Extract<Node, { kind: K }>;

export function partsOf(node: Node): readonly Node[] {
  return 'parts' in node ? node.parts : [];
}

/** A copy with other parts. */
export function withParts(node: Node, parts: Node[]): Node {
  return 'parts' in node ? ({ ...node, parts } as Node) : node;
}

/** The node rebuilt from its leaves up. */
export function rebuilt(node: Node, change: (node: Node) => Node): Node {
  const parts = partsOf(node);
  return change(
    parts.length === 0
      ? node
      : withParts(
          node,
          parts.map((part) => rebuilt(part, change)),
        ),
  );
}

export function contains(node: Node, found: (node: Node) => boolean): boolean {
  return found(node) || partsOf(node).some((part) => contains(part, found));
}

export function containsKind(node: Node, ...kinds: Kind[]): boolean {
  return contains(node, ({ kind }) => kinds.includes(kind));
}

/** The names of the variables, sorted. */
export function variablesOf(...nodes: Node[]): string[] {
  const names = new Set<string>();
  const visit = (node: Node): void => {
    if (node.kind === 'symbol') names.add(node.name);
    for (const part of partsOf(node)) visit(part);
  };
  nodes.forEach(visit);
  return [...names].sort();
}

/** Whether two nodes are written in the same way. */
export function sameTree(a: Node, b: Node): boolean {
  if (a === b) return true;
  if (a.kind !== b.kind || labelOf(a) !== labelOf(b)) return false;
  const [left, right] = [partsOf(a), partsOf(b)];
  return left.length === right.length && left.every((part, index) => sameTree(part, right[index] ?? part));
}

/** The same for two nodes when they are written in the same way, and only then. */
export function treeKey(node: Node): string {
  return `${node.kind} ${JSON.stringify(labelOf(node))}(${partsOf(node).map(treeKey).join()})`;
}

/** What a node says beside its kind and parts. */
export function labelOf(node: Node): string {
  switch (node.kind) {
    case 'number':
      return `${node.value.numerator}/${node.value.denominator}`;
    case 'constant':
    case 'symbol':
    case 'call':
    case 'apply':
    case 'plusminus':
      return node.name;
    case 'based':
      return `${node.digits}_${node.base}`;
    case 'text':
      return node.text;
    case 'quantity':
      return node.unit;
    case 'tuple':
      return node.open + node.close;
    case 'matrix':
      return `${node.fence}${node.columns}`;
    case 'relation':
      return node.operators.join('');
    case 'sets':
      return node.operator;
    default:
      return '';
  }
}

export function numberNode(value: Rational, text = `${value.numerator}/${value.denominator}`): Node {
  return { kind: 'number', value, text };
}

export function integer(value: number | bigint): Node {
  return numberNode({ numerator: BigInt(value), denominator: 1n }, String(value));
}

export function sum(parts: Node[]): Node {
  return parts.length === 1 && parts[0] !== undefined ? parts[0] : { kind: 'add', parts };
}

export function product(parts: Node[]): Node {
  return parts.length === 1 && parts[0] !== undefined ? parts[0] : { kind: 'multiply', parts };
}

export function negated(node: Node): Node {
  return { kind: 'negate', parts: [node] };
}
