import * as fc from 'fast-check';
import { isTame, type Tree } from './tree.js';

const integers = fc.oneof(
  { weight: 5, arbitrary: fc.integer({ min: 1, max: 12 }) },
  { weight: 2, arbitrary: fc.integer({ min: 13, max: 999 }) },
  { weight: 1, arbitrary: fc.integer({ min: 1000, max: 99_999 }) },
);

const integerTree = integers.map((value): Tree => ({ kind: 'integer', value }));

const decimalTree = fc
  .tuple(fc.nat(30), fc.integer({ min: 1, max: 99 }))
  .map(([whole, hundredths]): Tree => ({
    kind: 'decimal',
    digits: `${whole}.${String(hundredths).padStart(2, '0')}`,
  }));

/** Expressions made of numbers and of the symbols given, up to three levels deep. */
function expressions(
  symbols: ('pi' | 'e' | 'x' | 'y' | 'a' | 'b' | 'n')[],
  functions: boolean,
): fc.Arbitrary<Tree> {
  const symbol = fc.constantFrom(...symbols).map((name): Tree => ({ kind: 'symbol', name }));
  const { tree } = fc.letrec<{ tree: Tree }>((tie) => {
    const inner = tie('tree');
    const term = fc.record({ negative: fc.boolean(), tree: inner });
    const call = fc.record({
      kind: fc.constant('call' as const),
      name: fc.constantFrom('sin' as const, 'cos' as const, 'ln' as const),
      of: inner,
    });
    return {
      tree: fc.oneof(
        { maxDepth: 3, depthSize: 'small' },
        { weight: 3, arbitrary: integerTree },
        { weight: 3, arbitrary: symbol },
        { weight: 1, arbitrary: decimalTree },
        {
          weight: 4,
          arbitrary: fc.record({
            kind: fc.constant('sum' as const),
            terms: fc.array(term, { minLength: 2, maxLength: 3 }),
          }),
        },
        {
          weight: 3,
          arbitrary: fc.record({
            kind: fc.constant('product' as const),
            factors: fc.array(inner, { minLength: 2, maxLength: 3 }),
          }),
        },
        {
          weight: 3,
          arbitrary: fc.record({ kind: fc.constant('quotient' as const), over: inner, under: inner }),
        },
        {
          weight: 2,
          arbitrary: fc.record({
            kind: fc.constant('power' as const),
            base: inner,
            exponent: fc.integer({ min: 2, max: 4 }),
          }),
        },
        { weight: 2, arbitrary: fc.record({ kind: fc.constant('root' as const), of: inner }) },
        ...(functions ? [{ weight: 1, arbitrary: call }] : []),
      ),
    };
  });
  return tree.filter(isTame);
}

/** Fractions, decimals, radicals, π and e. */
export const constants = expressions(['pi', 'e'], false);
/** Numbers without π and e: the commonest answers. */
export const surds = fc.oneof(
  integerTree,
  decimalTree,
  fc.tuple(integers, integers).map(([over, under]): Tree => ({
    kind: 'quotient',
    over: { kind: 'integer', value: over },
    under: { kind: 'integer', value: under },
  })),
  fc
    .tuple(integers, integers)
    .map(([factor, of]): Tree => ({
      kind: 'product',
      factors: [
        { kind: 'integer', value: factor },
        { kind: 'root', of: { kind: 'integer', value: of } },
      ],
    }))
    .filter(isTame),
);
/** In one or several variables, without functions. */
export const algebraic = expressions(['x', 'y', 'a', 'b', 'n'], false);
/** In x, with sine, cosine and logarithm. */
export const transcendental = expressions(['x', 'pi'], true);
