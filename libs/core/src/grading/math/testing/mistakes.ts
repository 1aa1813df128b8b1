import { compareMath } from '../index.js';

/** The pairs whose verdict is wrong, in either direction; all of them should be equal, or none. */
export function mistakes(equal: boolean, pairs: [string, string][]): string[] {
  return pairs
    .flatMap(([a, b]) => [
      [a, b],
      [b, a],
    ])
    .flatMap(([answer = '', gold = '']) => {
      const verdict = compareMath(answer, gold);
      return verdict.equal === equal ? [] : [`${answer}  |  ${gold}  |  ${verdict.reason}`];
    });
}
