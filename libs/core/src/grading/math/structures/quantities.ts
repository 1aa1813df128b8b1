import { numberNode, product, type Node } from '../notation/node.js';
import { same as sameRational } from '../values/rational.js';
import { parseUnit, type Unit } from '../values/units.js';
import type { Comparison } from '../values/same.js';
import { isStatement, no, type Context } from './rule.js';

/** A unit may be left out, or be a word that measures nothing known; two units must measure the same, and are converted. */
export function quantities(a: Node, b: Node, context: Context): Comparison | undefined {
  if (a.kind !== 'quantity' && b.kind !== 'quantity') return undefined;
  if (isStatement(a) || isStatement(b)) return undefined;
  if (a.kind !== b.kind) {
    const [left, right] = [measured(a) ?? a, measured(b) ?? b];
    if (left.kind === 'quantity' && right.kind === 'quantity') return quantities(left, right, context);
  }
  const [value, other] = [a.kind === 'quantity' ? a.parts[0] : a, b.kind === 'quantity' ? b.parts[0] : b];
  const [unit, expected] = [a, b].map((node) =>
    node.kind === 'quantity' ? parseUnit(node.unit) : undefined,
  );
  if (unit === undefined || expected === undefined || isUnnamed(unit) !== isUnnamed(expected))
    return context.compare(value, other);
  if (
    isPrice(unit) !== isPrice(expected) &&
    unit.dimension.includes('dollar^1') &&
    expected.dimension.includes('dollar^1')
  )
    return context.compare(value, other);
  const wrong = no(`a different unit: ${a.kind === 'quantity' ? a.unit : ''}`);
  if (unit.dimension !== expected.dimension) return wrong;
  if (sameRational(unit.factor, expected.factor)) return context.compare(value, other);
  const converted = context.compare(
    product([value, numberNode(unit.factor)]),
    product([other, numberNode(expected.factor)]),
  );
  return !converted.equal && context.same(value, other) ? wrong : converted;
}

/** Dollars per something, which may be left out. */
function isPrice({ dimension }: Unit): boolean {
  return dimension.startsWith('dollar^1 ');
}

/** "5 units" may be 5 of any unit. */
function isUnnamed({ dimension }: Unit): boolean {
  return dimension.startsWith('unit^');
}

/** "144 m^3" or "20 miles/hour" as a quantity: letters or words after a number that name a unit. */
function measured(node: Node): Node | undefined {
  if (node.kind === 'quantity') return node;
  const [number, last, more] = node.kind === 'multiply' || node.kind === 'divide' ? node.parts : [];
  if (number === undefined || last === undefined || more !== undefined) return undefined;
  const [value, unit] =
    node.kind === 'divide' && number.kind === 'multiply'
      ? [number.parts[0], `${unitOf(number.parts[1])} / ${unitOf(last)}`]
      : [number, unitOf(last)];
  if (value === undefined || unit === undefined || parseUnit(unit) === undefined) return undefined;
  return { kind: 'quantity', unit, parts: [value] };
}

function unitOf(node: Node | undefined): string | undefined {
  switch (node?.kind) {
    case 'symbol':
      return node.name;
    case 'text':
      return node.text;
    case 'power':
      return node.parts[1].kind === 'number' ? `${unitOf(node.parts[0])} ^ ${node.parts[1].text}` : undefined;
    case 'divide':
      return `${unitOf(node.parts[0])} / ${unitOf(node.parts[1])}`;
    default:
      return undefined;
  }
}
