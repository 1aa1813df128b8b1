import type { Dice } from './dice.js';
import { clearlyDiffer, integer, product, replaceOne, sum, valuesOf, type Tree } from './tree.js';

/** Changes one place of an expression so that its value clearly changes; undefined where chance found no such change. */
export function changed(tree: Tree, dice: Dice): Tree | undefined {
  for (let attempt = 0; attempt < 8; attempt += 1) {
    const offer = replaceOne(
      tree,
      (node) => others(node, dice),
      (count) => dice.below(Math.max(1, count)),
    );
    if (offer !== undefined && clearlyDiffer(tree, offer) && valuesOf(offer).every(Number.isFinite))
      return offer;
  }
  return undefined;
}

function others(node: Tree, dice: Dice): Tree[] {
  switch (node.kind) {
    case 'integer':
      return [integer(node.value + 1), integer(node.value * 10), integer(otherDigit(node.value, dice))];
    case 'decimal':
      return [rounded(node.digits), product(integer(10), node)];
    case 'symbol':
      return [{ ...node, name: node.name === 'x' ? 'y' : 'x' }];
    case 'sum': {
      const at = dice.below(node.terms.length);
      const flipped = node.terms.map((term, index) =>
        index === at ? { ...term, negative: !term.negative } : term,
      );
      return [sum(...flipped), ...(node.terms.length > 1 ? [sum(...node.terms.toSpliced(at, 1))] : [])];
    }
    case 'product':
      return node.factors.length > 1 ? [product(...node.factors.slice(1))] : [];
    case 'quotient':
      return [{ ...node, over: node.under, under: node.over }];
    case 'power':
      return [
        { ...node, exponent: node.exponent + 1 },
        { kind: 'root', of: node.base },
      ];
    case 'root':
      return [node.of, { kind: 'root', of: product(integer(2), node.of) }];
    case 'call':
      return [{ ...node, name: node.name === 'sin' ? 'cos' : 'sin' }, product(node, node)];
  }
}

function otherDigit(value: number, dice: Dice): number {
  const digits = String(value).split('');
  const at = dice.below(digits.length);
  return Number(digits.with(at, String((Number(digits[at]) + 1 + dice.below(8)) % 10)).join(''));
}

/** One decimal fewer, rounded. */
function rounded(digits: string): Tree {
  const decimals = digits.length - digits.indexOf('.') - 1;
  const text = Number(digits).toFixed(decimals - 1);
  return decimals === 1 ? integer(Number(text)) : { kind: 'decimal', digits: text };
}
