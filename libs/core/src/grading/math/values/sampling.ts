import type { Work } from '../limits.js';
import { containsKind, contains, type Node } from '../notation/node.js';
import { ComplexNumbers, sizeOfComplex, type Complex } from './complex.js';
import { Floats, sizeOf } from './float.js';
import { Numeric, type Measured, type NumericPoint } from './numeric.js';
import { integerPoint, namesOf, numericPoint, pointCount } from './points.js';

/** What sampling finds out: unknown when the nodes have values at too few points, or too large ones. */
export type Sampled = 'equal' | 'different' | 'unknown';

const firstBits = 192;
/** Precisions of the second look, by the range of sizes that it must resolve. */
const finerBits = [416, 1024, 3400];
/** Bits of noise that are no difference. */
const noise = 40;
const enough = 3;

/** Whether a test on the values of some nodes holds at every point where they have values. */
interface Test {
  nodes: Node[];
  /** The two values that must agree, made of the nodes' values at a point and at the first point. */
  sides: (here: Measured[], first: Measured[], numbers: ComplexNumbers) => [Complex, Complex];
}

/** Whether two nodes have the same value at every sampled point where both have one. */
export function sampledEqual(a: Node, b: Node, work: Work): Sampled {
  return sampled({ nodes: [a, b], sides: ([x, y]) => [x!.value, y!.value] }, work);
}

/**
 * Whether one node is a nonzero constant times the other.
 *
 * @param positive whether the constant must be positive
 */
export function sampledProportional(a: Node, b: Node, positive: boolean, work: Work): Sampled {
  const test: Test = {
    nodes: [a, b],
    sides: ([x, y], [x0, y0], numbers) => [
      numbers.multiply(x!.value, y0!.value),
      numbers.multiply(x0!.value, y!.value),
    ],
  };
  const result = sampled(test, work);
  if (result !== 'equal' || !positive) return result;
  const names = namesOf(a, b);
  for (let index = 0; index < pointCount; index++) {
    const numeric = new Numeric(firstBits, false, numericPoint(names, index), work);
    const [x, y] = [numeric.measure(a), numeric.measure(b)];
    if (x !== undefined && y !== undefined && x.value.re.mantissa !== 0n)
      return x.value.re.mantissa > 0n === y.value.re.mantissa > 0n ? 'equal' : 'different';
  }
  return 'unknown';
}

function sampled(test: Test, work: Work): Sampled {
  const names = namesOf(...test.nodes);
  if (names.length === 0) return atPoints(test, [new Map()], 1, true, work);
  const complex = test.nodes.some((node) =>
    contains(node, (part) => part.kind === 'constant' && part.name === 'i'),
  );
  const reals = Array.from({ length: pointCount }, (_, index) => numericPoint(names, index));
  const integers = Array.from({ length: pointCount }, (_, index) => integerPoint(names, index));
  const first = atPoints(test, reals, enough, complex, work);
  if (first !== 'unknown') return first;
  if (test.nodes.some((node) => containsKind(node, 'call', 'power'))) {
    const second = atPoints(test, integers, enough, complex, work);
    if (second !== 'unknown') return second;
  }
  return complex ? 'unknown' : atPoints(test, reals, enough, true, work);
}

function atPoints(test: Test, points: NumericPoint[], needed: number, complex: boolean, work: Work): Sampled {
  const usable: { point: NumericPoint; range: number }[] = [];
  let first: Measured[] | undefined;
  const relative = test.nodes.every(isProduct);
  const numbers = new ComplexNumbers(new Floats(firstBits), true);
  for (const point of points) {
    const here = measured(test, point, firstBits, complex, work);
    if (here === undefined) continue;
    first ??= here;
    if (!agree(test.sides(here, first, numbers), here, first, firstBits, numbers, relative))
      return 'different';
    usable.push({ point, range: rangeOf(here) });
  }
  if (usable.length < needed) return 'unknown';
  // What agrees so far may differ beyond the precision; a difference that is real does not shrink with a finer one.
  const range = relative ? 0 : Math.max(...usable.map((one) => one.range));
  const bits = finerBits.find((candidate) => candidate >= range + 256);
  if (bits === undefined) return 'unknown';
  let finerFirst: Measured[] | undefined;
  const finer = new ComplexNumbers(new Floats(bits), true);
  for (const { point } of usable.slice(0, needed)) {
    const here = measured(test, point, bits, complex, work);
    if (here === undefined) return 'unknown';
    finerFirst ??= here;
    if (!agree(test.sides(here, finerFirst, finer), here, finerFirst, bits, finer, relative))
      return 'different';
  }
  return 'equal';
}

function measured(
  test: Test,
  point: NumericPoint,
  bits: number,
  complex: boolean,
  work: Work,
): Measured[] | undefined {
  const numeric = new Numeric(bits, complex, point, work);
  const found: Measured[] = [];
  for (const node of test.nodes) {
    const one = numeric.measure(node);
    if (one === undefined) return undefined;
    found.push(one);
  }
  return found;
}

/** Without sums nothing cancels: values are as precise as their own size, however far apart the sizes of their parts are. */
function isProduct(node: Node): boolean {
  return !contains(
    node,
    ({ kind }) =>
      !['number', 'constant', 'symbol', 'multiply', 'divide', 'negate', 'power', 'root'].includes(kind),
  );
}

function rangeOf(here: Measured[]): number {
  return Math.max(...here.map(({ largest }) => largest)) - Math.min(...here.map(({ smallest }) => smallest));
}

function agree(
  [x, y]: [Complex, Complex],
  here: Measured[],
  first: Measured[],
  bits: number,
  numbers: ComplexNumbers,
  relative: boolean,
): boolean {
  const difference = sizeOf(numbers.absolute(numbers.add(x, numbers.negate(y))));
  const sizes = [x, y].map(sizeOfComplex);
  if (!relative) sizes.push(...[...here, ...first].map((one) => one.largest));
  const largest = Math.max(...sizes);
  if (largest === -Infinity) return true;
  return difference <= largest - bits + noise;
}
