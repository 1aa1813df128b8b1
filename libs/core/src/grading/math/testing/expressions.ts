import * as fc from 'fast-check';

/** How an expression is written. */
export type Style = 'latex' | 'display' | 'plain' | 'unicode';
export const styles: Style[] = ['latex', 'display', 'plain', 'unicode'];

/** An expression that can be written in several ways; its value as a double is the oracle. */
export type Expression =
  | { kind: 'integer'; value: number }
  | { kind: 'decimal'; text: string }
  | { kind: 'pi' }
  | { kind: 'root'; of: number }
  | { kind: 'add' | 'multiply' | 'divide'; left: Expression; right: Expression }
  | { kind: 'negate'; of: Expression }
  | { kind: 'power'; base: Expression; exponent: number };

export const expression: fc.Arbitrary<Expression> = fc.letrec<{ node: Expression }>((tie) => ({
  node: fc.oneof(
    { maxDepth: 4, depthIdentifier: 'expression' },
    fc.integer({ min: 0, max: 3000 }).map((value): Expression => ({ kind: 'integer', value })),
    fc
      .tuple(fc.nat(99), fc.integer({ min: 1, max: 999 }))
      .map(([whole, part]): Expression => ({ kind: 'decimal', text: `${whole}.${part}` })),
    fc.constant<Expression>({ kind: 'pi' }),
    fc.integer({ min: 2, max: 200 }).map((of): Expression => ({ kind: 'root', of })),
    fc
      .tuple(
        fc.constantFrom('add' as const, 'multiply' as const, 'divide' as const),
        tie('node'),
        tie('node'),
      )
      .map(([kind, left, right]): Expression => ({ kind, left, right })),
    tie('node').map((of): Expression => ({ kind: 'negate', of })),
    fc
      .tuple(tie('node'), fc.integer({ min: 2, max: 4 }))
      .map(([base, exponent]): Expression => ({ kind: 'power', base, exponent })),
  ),
})).node;

/** Divisors of zero and values that a double holds badly are left out. */
export const usable = expression.filter((node) => {
  const value = evaluate(node);
  return Number.isFinite(value) && (value === 0 || (Math.abs(value) > 1e-6 && Math.abs(value) < 1e12));
});

export function evaluate(node: Expression): number {
  switch (node.kind) {
    case 'integer':
      return node.value;
    case 'decimal':
      return Number(node.text);
    case 'pi':
      return Math.PI;
    case 'root':
      return Math.sqrt(node.of);
    case 'add':
      return evaluate(node.left) + evaluate(node.right);
    case 'multiply':
      return evaluate(node.left) * evaluate(node.right);
    case 'divide':
      return evaluate(node.left) / evaluate(node.right);
    case 'negate':
      return -evaluate(node.of);
    case 'power':
      return evaluate(node.base) ** node.exponent;
  }
}

export function write(node: Expression, style: Style): string {
  const grouped = (inner: Expression): string => {
    const text = write(inner, style);
    if (inner.kind === 'integer' || inner.kind === 'decimal' || inner.kind === 'pi') return text;
    return style === 'latex' ? `\\left(${text}\\right)` : `(${text})`;
  };
  switch (node.kind) {
    case 'integer':
      return written(node.value, style);
    case 'decimal':
      return node.text;
    case 'pi':
      return { latex: '\\pi ', display: '{\\pi}', plain: 'pi', unicode: 'π' }[style];
    case 'root':
      return {
        latex: `\\sqrt{${node.of}}`,
        display: `\\sqrt ${node.of}`,
        plain: `sqrt(${node.of})`,
        unicode: `√${node.of}`,
      }[style];
    case 'add':
      return `${write(node.left, style)}${style === 'latex' ? ' + ' : '+'}${grouped(node.right)}`;
    case 'multiply':
      return `${grouped(node.left)}${{ latex: ' \\cdot ', display: '\\times ', plain: '*', unicode: '·' }[style]}${grouped(node.right)}`;
    case 'divide': {
      const inner = [node.left, node.right].map((part) => write(part, style)).join('}{');
      if (style === 'latex') return `\\frac{${inner}}`;
      if (style === 'display') return `\\dfrac{ ${inner}}`;
      return `(${write(node.left, style)})/(${write(node.right, style)})`;
    }
    case 'negate':
      return `${style === 'unicode' ? '−' : '-'}${grouped(node.of)}`;
    case 'power':
      return `${grouped(node.base)}^${style === 'plain' ? node.exponent : `{${node.exponent}}`}`;
  }
}

function written(value: number, style: Style): string {
  const text = String(value);
  if (value < 1000) return text;
  const separator = { latex: '{,}', display: ',\\!', plain: '', unicode: '' }[style];
  return `${text.slice(0, -3)}${separator}${text.slice(-3)}`;
}
