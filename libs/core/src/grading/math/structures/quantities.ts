import { numberNode, product, type Node } from '../notation/node.js';
import { same as sameRational } from '../values/rational.js';
import { parseUnit } from '../values/units.js';
import type { Comparison } from '../values/same.js';
import { isStatement, no, type Context } from './rule.js';

/** A unit may be left out, or be a word that measures nothing known; two units must measure the same, and are converted. */
export function quantities(a: Node, b: Node, context: Context): Comparison | undefined {
  if (a.kind !== 'quantity' && b.kind !== 'quantity') return undefined;
  if (isStatement(a) || isStatement(b)) return undefined;
  const [value, other] = [a.kind === 'quantity' ? a.parts[0] : a, b.kind === 'quantity' ? b.parts[0] : b];
  const [unit, expected] = [a, b].map((node) =>
    node.kind === 'quantity' ? parseUnit(node.unit) : undefined,
  );
  if (unit === undefined || expected === undefined) return context.compare(value, other);
  const wrong = no(`a different unit: ${a.kind === 'quantity' ? a.unit : ''}`);
  if (unit.dimension !== expected.dimension) return wrong;
  if (sameRational(unit.factor, expected.factor)) return context.compare(value, other);
  const converted = context.compare(
    product([value, numberNode(unit.factor)]),
    product([other, numberNode(expected.factor)]),
  );
  return !converted.equal && context.same(value, other) ? wrong : converted;
}
