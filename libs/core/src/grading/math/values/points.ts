import { partsOf, variablesOf, type Node } from '../notation/node.js';
import type { ModularPoint } from './modular.js';
import type { NumericPoint } from './numeric.js';

/** The ranges that the variables of one point are drawn from; positive ones first, since many expressions need them. */
const ranges: [low: number, high: number][] = [
  [0.5, 3],
  [0.3, 2],
  [-3, 3],
  [0, 1],
  [-1, 1],
  [3, 12],
  [-4, 0],
  [-12, 12],
  [1, 6],
  [-2, 2],
];

/** How many points numericPoint knows. */
export const pointCount = ranges.length;

/** The names that a point has to give values: the variables, and "f()" for a function without a known meaning. */
export function namesOf(...nodes: Node[]): string[] {
  const functions = new Set<string>();
  const visit = (node: Node): void => {
    if (node.kind === 'apply') functions.add(`${node.name}()`);
    for (const part of partsOf(node)) visit(part);
  };
  nodes.forEach(visit);
  return [...variablesOf(...nodes), ...functions];
}

/** Values drawn by name and number of the point, the same in every run. */
export function numericPoint(names: string[], index: number): NumericPoint {
  const [low, high] = ranges[index % ranges.length] ?? [0, 1];
  return new Map(
    names.map((name) => {
      const share = draw(name, index) / 2 ** 32;
      const numerator = Math.floor((low + share * (high - low)) * 65_536) | 1;
      return [name, { numerator: BigInt(numerator), denominator: 65_536n }];
    }),
  );
}

/** Small positive integers, for what only integers have: factorials, (-1)^n. */
export function integerPoint(names: string[], index: number): NumericPoint {
  return new Map(
    names.map((name) => [
      name,
      {
        numerator: BigInt(1 + ((draw(name, 100) + index * (1 + (draw(name, 101) % 3))) % 11)),
        denominator: 1n,
      },
    ]),
  );
}

export function modularPoint(names: string[], index: number): ModularPoint {
  return new Map(
    names.map((name) => {
      let value = 0n;
      for (let word = 0; word < 7; word++)
        value = (value << 32n) | BigInt(draw(name, 1000 + index * 7 + word));
      return [name, value];
    }),
  );
}

/** 32 bits: FNV-1a over the name, mixed with the index (the finalizer of MurmurHash3). */
function draw(name: string, index: number): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < name.length; at++) hash = Math.imul(hash ^ name.charCodeAt(at), 0x01000193);
  hash = Math.imul(hash ^ index, 0x9e3779b1);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
