/** An expression, as it is generated; numbers are not negative, signs stand in sums and products. */
export type Tree =
  | { kind: 'integer'; value: number }
  /** A terminating decimal, as its digits: "12.5". */
  | { kind: 'decimal'; digits: string }
  | { kind: 'symbol'; name: 'pi' | 'e' | 'x' | 'y' | 'a' | 'b' | 'n' }
  | { kind: 'sum'; terms: Term[] }
  | { kind: 'product'; factors: Tree[] }
  | { kind: 'quotient'; over: Tree; under: Tree }
  | { kind: 'power'; base: Tree; exponent: number }
  | { kind: 'root'; of: Tree }
  | { kind: 'call'; name: 'sin' | 'cos' | 'ln'; of: Tree };

/** A summand with its sign. */
export interface Term {
  negative: boolean;
  tree: Tree;
}

export type Kind<K extends Tree['kind']> = Extract<Tree, { kind: K }>;

export const integer = (value: number): Tree => ({ kind: 'integer', value });
export const product = (...factors: Tree[]): Tree => ({ kind: 'product', factors });
export const quotient = (over: Tree, under: Tree): Tree => ({ kind: 'quotient', over, under });
export const plus = (tree: Tree): Term => ({ negative: false, tree });
export const sum = (...terms: Term[]): Tree => ({ kind: 'sum', terms });
export const minus = (tree: Tree): Tree => sum({ negative: true, tree });

/** Where expressions are evaluated: points without any special relation, so that equal values mean equal expressions. */
const points: Readonly<Record<string, number>>[] = [
  { x: 1.3717, y: 0.6191, a: 2.2393, b: 0.8171, n: 3.1173 },
  { x: 0.4339, y: 1.8713, a: 0.7127, b: 2.6611, n: 1.2919 },
];

/** Its values at the two points, in double precision; NaN or infinite where it has none. */
export function valuesOf(tree: Tree): number[] {
  return points.map((at) => evaluate(tree, at));
}

/** Whether two expressions have clearly different values at one of the points. */
export function clearlyDiffer(a: Tree, b: Tree): boolean {
  const [left, right] = [valuesOf(a), valuesOf(b)];
  return left.some((value, index) => {
    const other = right[index] ?? NaN;
    return (
      Number.isFinite(value) &&
      Number.isFinite(other) &&
      Math.abs(value - other) > 1e-6 * Math.max(1e-3, Math.abs(value), Math.abs(other))
    );
  });
}

/** Whether it has a value that is neither tiny nor huge at both points. */
export function isTame(tree: Tree): boolean {
  return valuesOf(tree).every((value) => Math.abs(value) > 1e-6 && Math.abs(value) < 1e9);
}

function evaluate(tree: Tree, at: Readonly<Record<string, number>>): number {
  switch (tree.kind) {
    case 'integer':
      return tree.value;
    case 'decimal':
      return Number(tree.digits);
    case 'symbol':
      if (tree.name === 'pi') return Math.PI;
      return tree.name === 'e' ? Math.E : (at[tree.name] ?? NaN);
    case 'sum':
      return tree.terms.reduce(
        (total, { negative, tree: term }) => total + (negative ? -1 : 1) * evaluate(term, at),
        0,
      );
    case 'product':
      return tree.factors.reduce((total, factor) => total * evaluate(factor, at), 1);
    case 'quotient':
      return evaluate(tree.over, at) / evaluate(tree.under, at);
    case 'power':
      return evaluate(tree.base, at) ** tree.exponent;
    case 'root':
      return Math.sqrt(evaluate(tree.of, at));
    case 'call':
      return { sin: Math.sin, cos: Math.cos, ln: Math.log }[tree.name](evaluate(tree.of, at));
  }
}

/** The same tree with one of its nodes replaced: `change` is asked about every node, outermost first, and the chosen one of its offers is put in place. */
export function replaceOne(
  tree: Tree,
  change: (node: Tree) => Tree[],
  choose: (count: number) => number,
): Tree | undefined {
  const offers: Tree[] = [];
  collect(tree, (node) => node, change, offers);
  return offers[choose(offers.length)];
}

function collect(
  node: Tree,
  within: (replacement: Tree) => Tree,
  change: (node: Tree) => Tree[],
  offers: Tree[],
): void {
  for (const offer of change(node)) offers.push(within(offer));
  const into = (child: Tree, rebuild: (replacement: Tree) => Tree) =>
    collect(child, (replacement) => within(rebuild(replacement)), change, offers);
  switch (node.kind) {
    case 'integer':
    case 'decimal':
    case 'symbol':
      return;
    case 'sum':
      node.terms.forEach(({ negative, tree }, index) =>
        into(tree, (to) => ({ ...node, terms: node.terms.with(index, { negative, tree: to }) })),
      );
      return;
    case 'product':
      node.factors.forEach((factor, index) =>
        into(factor, (to) => ({ ...node, factors: node.factors.with(index, to) })),
      );
      return;
    case 'quotient':
      into(node.over, (over) => ({ ...node, over }));
      into(node.under, (under) => ({ ...node, under }));
      return;
    case 'power':
      into(node.base, (base) => ({ ...node, base }));
      return;
    case 'root':
    case 'call':
      into(node.of, (of) => ({ ...node, of }));
  }
}
