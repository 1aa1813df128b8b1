import type { Dice } from './dice.js';
import { integer, plus, product, quotient, replaceOne, sum, type Term, type Tree } from './tree.js';

/** Rewrites one place of an expression by a rule that keeps its value; the tree itself where no rule applies. */
export function rewritten(tree: Tree, dice: Dice): Tree {
  return (
    replaceOne(
      tree,
      (node) => equivalents(node, dice),
      (count) => dice.below(Math.max(1, count)),
    ) ?? tree
  );
}

function equivalents(node: Tree, dice: Dice): Tree[] {
  switch (node.kind) {
    case 'integer':
      return node.value < 2 ? [] : [quotient(integer(node.value * 3), integer(3))];
    case 'decimal':
      return [asFraction(node.digits)];
    case 'symbol':
      return [];
    case 'sum':
      return ofSum(node.terms, dice);
    case 'product':
      return ofProduct(node.factors, dice);
    case 'quotient':
      return ofQuotient(node.over, node.under);
    case 'power':
      return ofPower(node.base, node.exponent);
    case 'root':
      // √a = 2√a / 2 and, with a square taken out of it, √(9a) / 3
      return [
        quotient(product(integer(2), node), integer(2)),
        quotient({ kind: 'root', of: product(integer(9), node.of) }, integer(3)),
      ];
    case 'call':
      return node.name === 'ln' ? [] : [pythagorean(node)];
  }
}

function asFraction(digits: string): Tree {
  const [whole = '', decimals = ''] = digits.split('.');
  return quotient(integer(Number(whole + decimals)), integer(10 ** decimals.length));
}

function ofSum(terms: Term[], dice: Dice): Tree[] {
  const opposite = terms.map(({ negative, tree }) => ({ negative: !negative, tree }));
  const found = [sum(...dice.shuffled(terms)), sum({ negative: true, tree: sum(...opposite) })];
  const [first, second, ...rest] = terms;
  if (first !== undefined && second !== undefined && rest.length > 0)
    found.push(sum(plus(sum(first, second)), ...rest));
  return found;
}

function ofProduct(factors: Tree[], dice: Dice): Tree[] {
  const found = [product(...dice.shuffled(factors))];
  const at = factors.findIndex(({ kind }) => kind === 'sum');
  const chosen = factors[at];
  if (chosen?.kind === 'sum' && factors.length > 1) {
    const others = factors.toSpliced(at, 1);
    found.push(
      sum(...chosen.terms.map(({ negative, tree }) => ({ negative, tree: product(...others, tree) }))),
    );
  }
  return found;
}

function ofQuotient(over: Tree, under: Tree): Tree[] {
  const found = [
    quotient(product(integer(2), over), product(integer(2), under)),
    product(quotient(integer(1), under), over),
    quotient(sum({ negative: true, tree: over }), sum({ negative: true, tree: under })),
  ];
  if (over.kind === 'sum')
    found.push(sum(...over.terms.map(({ negative, tree }) => ({ negative, tree: quotient(tree, under) }))));
  if (over.kind === 'integer' && under.kind === 'integer' && 1000 % under.value === 0)
    found.push({ kind: 'decimal', digits: (over.value / under.value).toFixed(3) });
  return found;
}

function ofPower(base: Tree, exponent: number): Tree[] {
  const found: Tree[] = [product({ kind: 'power', base, exponent: exponent - 1 }, base)];
  if (exponent === 2 && base.kind === 'sum' && base.terms.length === 2) found.push(binomial(base.terms));
  return found;
}

/** (p + q)² = p² + 2pq + q² */
function binomial(terms: Term[]): Tree {
  const [p, q] = terms as [Term, Term];
  return sum(
    plus({ kind: 'power', base: p.tree, exponent: 2 }),
    { negative: p.negative !== q.negative, tree: product(integer(2), p.tree, q.tree) },
    plus({ kind: 'power', base: q.tree, exponent: 2 }),
  );
}

/** sin u = sin u · (sin² u + cos² u), the factor written out */
function pythagorean(node: Tree & { kind: 'call' }): Tree {
  const square = (name: 'sin' | 'cos'): Tree => ({
    kind: 'power',
    base: { kind: 'call', name, of: node.of },
    exponent: 2,
  });
  return product(node, sum(plus(square('sin')), plus(square('cos'))));
}
