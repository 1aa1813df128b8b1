import type { GradingSettings } from '../kinds.js';
import { canonical, equalNumbers } from './numbers.js';
import type { JsonValue } from './value.js';

type Options = Pick<GradingSettings['json'], 'extra' | 'arrays' | 'tolerance'>;

/** Lists whose order does not matter are matched pair by pair when numbers are only nearly equal; more items than this are not. */
const MOST_MATCHED = 200;

/**
 * Where an answer differs from the gold answer; undefined: nowhere. Names of the gold answer alone are not told.
 * @param path of the values, for the message
 */
export function difference(
  answer: JsonValue,
  gold: JsonValue,
  options: Options,
  path = '',
): string | undefined {
  const here = path === '' ? 'the value' : path;
  if (answer.type !== gold.type) return `${here} has another type`;
  switch (gold.type) {
    case 'object':
      return ofMembers(answer as typeof gold, gold, options, path);
    case 'array':
      return ofItems(answer as typeof gold, gold, options, path);
    case 'number':
      return equalNumbers((answer as typeof gold).source, gold.source, options.tolerance)
        ? undefined
        : `${here} is another number`;
    case 'string':
      return (answer as typeof gold).value.normalize('NFC') === gold.value.normalize('NFC')
        ? undefined
        : `${here} is another text`;
    case 'literal':
      return (answer as typeof gold).value === gold.value ? undefined : `${here} differs`;
  }
}

type ObjectValue = Extract<JsonValue, { type: 'object' }>;
type ArrayValue = Extract<JsonValue, { type: 'array' }>;

function ofMembers(
  answer: ObjectValue,
  gold: ObjectValue,
  options: Options,
  path: string,
): string | undefined {
  for (const [name, expected] of gold.members) {
    const given = answer.members.get(name);
    if (given === undefined) return `${path === '' ? 'the value' : path} lacks a member`;
    const found = difference(given, expected, options, join(path, name));
    if (found !== undefined) return found;
  }
  if (options.extra === 'allow') return undefined;
  for (const name of answer.members.keys())
    if (!gold.members.has(name)) return `${join(path, name)} is a member too many`;
  return undefined;
}

function ofItems(answer: ArrayValue, gold: ArrayValue, options: Options, path: string): string | undefined {
  const here = path === '' ? 'the list' : path;
  if (answer.items.length !== gold.items.length) return `${here} has another number of items`;
  if (options.arrays === 'unordered') return inAnyOrder(answer, gold, options, here);
  for (const [index, expected] of gold.items.entries()) {
    const given = answer.items[index];
    const found = given && difference(given, expected, options, `${path}[${index}]`);
    if (found !== undefined) return found;
  }
  return undefined;
}

function inAnyOrder(
  answer: ArrayValue,
  gold: ArrayValue,
  options: Options,
  here: string,
): string | undefined {
  const differs = `${here} has other items`;
  const left = withoutEqual(answer.items, gold.items);
  if (left.gold.length === 0) return undefined;
  // What is written alike is equal; with a tolerance and with further members more may be.
  if (options.tolerance === 0 && options.extra === 'reject') return differs;
  if (left.gold.length > MOST_MATCHED) return `${here} has too many items that are not written alike`;
  return canBeMatched(left.answer, left.gold, options) ? undefined : differs;
}

/** What remains of two lists when items that are written alike are taken out in pairs. */
function withoutEqual(
  answer: readonly JsonValue[],
  gold: readonly JsonValue[],
): { answer: JsonValue[]; gold: JsonValue[] } {
  const waiting = new Map<string, JsonValue[]>();
  for (const item of answer) {
    const key = keyOf(item);
    const alike = waiting.get(key);
    if (alike === undefined) waiting.set(key, [item]);
    else alike.push(item);
  }
  const missing = gold.filter((item) => waiting.get(keyOf(item))?.pop() === undefined);
  return { answer: [...waiting.values()].flat(), gold: missing };
}

/** A text that is the same for values that are equal whatever the order of members and items. */
function keyOf(value: JsonValue): string {
  switch (value.type) {
    case 'object':
      return `{${[...value.members]
        .map(([name, member]) => `${JSON.stringify(name)}:${keyOf(member)}`)
        .sort()
        .join(',')}}`;
    case 'array':
      return `[${value.items.map(keyOf).sort().join(',')}]`;
    case 'number':
      return canonical(value.source);
    case 'string':
      return JSON.stringify(value.value.normalize('NFC'));
    case 'literal':
      return value.value;
  }
}

/** Whether each gold item can have an answer item of its own: a perfect matching, by augmenting paths (Kuhn's algorithm). */
function canBeMatched(answer: readonly JsonValue[], gold: readonly JsonValue[], options: Options): boolean {
  const edges = gold.map((expected) =>
    answer.flatMap((given, index) => (difference(given, expected, options) === undefined ? [index] : [])),
  );
  const takenBy = new Map<number, number>();
  const place = (item: number, tried: Set<number>): boolean =>
    (edges[item] ?? []).some((candidate) => {
      if (tried.has(candidate)) return false;
      tried.add(candidate);
      const holder = takenBy.get(candidate);
      if (holder !== undefined && !place(holder, tried)) return false;
      takenBy.set(candidate, item);
      return true;
    });
  return gold.every((_, item) => place(item, new Set()));
}

function join(path: string, name: string): string {
  return path === '' ? name : `${path}.${name}`;
}
