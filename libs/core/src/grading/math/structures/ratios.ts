import type { Work } from '../limits.js';
import type { Node } from '../notation/node.js';
import { difference, sameValue } from '../values/same.js';
import { exactValue } from '../values/exact.js';

/**
 * Times (12:00, 4:30 pm) are equal digit by digit but for leading zeros; ratios (3:2) when one is a multiple of the other, and
 * a ratio of two equals their quotient. A ratio that could be a time (1:30) is read as one when the other side could be too.
 */
export function sameRatio(a: Node, b: Node, work: Work): boolean {
  if (a.kind === 'ratio' && b.kind === 'ratio') {
    if (a.parts.length !== b.parts.length) return false;
    const inOrder = a.parts.every((part, index) => sameValue(part, b.parts[index] ?? part, work).equal);
    if (inOrder || (isTime(a) && isTime(b))) return inOrder;
    const [first, other] = [a.parts[0], b.parts[0]];
    if (first === undefined || other === undefined || isZero(first, work) || isZero(other, work))
      return false;
    return a.parts.every((part, index) => {
      const counterpart = b.parts[index] ?? part;
      const cross = difference(
        { kind: 'multiply', parts: [part, other] },
        { kind: 'multiply', parts: [counterpart, first] },
      );
      return sameValue(cross, zero, work).equal;
    });
  }
  const [ratio, value] = a.kind === 'ratio' ? [a, b] : [b, a];
  if (ratio.kind !== 'ratio' || ratio.parts.length !== 2 || isTime(ratio)) return false;
  const [top, bottom] = ratio.parts;
  if (top === undefined || bottom === undefined) return false;
  return sameValue({ kind: 'divide', parts: [top, bottom] }, value, work).equal;
}

const zero: Node = { kind: 'number', value: { numerator: 0n, denominator: 1n }, text: '0' };

function isZero(node: Node, work: Work): boolean {
  return exactValue(node, work)?.numerator === 0n;
}

/** Hours and two digits of minutes, with or without seconds. */
function isTime(node: Node): boolean {
  if (node.kind !== 'ratio' || node.parts.length > 3) return false;
  return node.parts.every((part, index) => {
    if (part.kind !== 'number') return false;
    return index === 0 ? /^\d{1,2}$/.test(part.text) && Number(part.text) <= 24 : /^[0-5]\d$/.test(part.text);
  });
}
