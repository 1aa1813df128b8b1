import { runConfigJsonSchema, type SchemaNode } from './json-schema.js';

let cached: SchemaNode | undefined;

function nodeAt(path: readonly (string | number)[]): SchemaNode | undefined {
  cached ??= runConfigJsonSchema();
  let node: SchemaNode | undefined = cached;
  for (const part of path) {
    node = typeof part === 'number' ? node?.items : node?.properties?.[part];
  }
  return node;
}

/** Names of the settings directly under a path; empty when nothing can stand there. */
export function keysAt(path: readonly (string | number)[]): string[] {
  return Object.keys(nodeAt(path)?.properties ?? {});
}

/** What may stand at a path, for a person; undefined when the schema says nothing beyond the type of a container. */
export function allowedValues(path: readonly (string | number)[]): string | undefined {
  const node = nodeAt(path);
  return node === undefined ? undefined : describeAllowed(node);
}

/** The values that a schema node accepts, for a person. */
export function describeAllowed(node: SchemaNode): string | undefined {
  if (node.anyOf)
    return node.anyOf
      .map(describeAllowed)
      .filter((part) => part !== undefined)
      .join(' or ');
  if (node.const !== undefined) return node.const === '' ? 'empty' : JSON.stringify(node.const);
  if (node.enum) return node.enum.map(String).join(', ');
  switch (node.type) {
    case 'boolean':
      return 'true, false';
    case 'integer':
    case 'number':
      return [node.type, range(node)].filter((part) => part !== '').join(', ');
    case 'string':
      return [
        'text',
        node.format === 'uri' ? 'a URL' : '',
        length(node.minLength, node.maxLength, 'characters'),
      ]
        .filter((part) => part !== '')
        .join(', ');
    case 'array': {
      const items = node.items === undefined ? undefined : describeAllowed(node.items);
      const size = length(node.minItems, node.maxItems, 'items');
      return `list${size === '' ? '' : ` of ${size}`}${items === undefined ? '' : `, each: ${items}`}`;
    }
    default:
      return node.properties === undefined
        ? undefined
        : `mapping with ${Object.keys(node.properties).join(', ')}`;
  }
}

function range(node: SchemaNode): string {
  const low = node.exclusiveMinimum === undefined ? node.minimum : node.exclusiveMinimum;
  const high = node.exclusiveMaximum === undefined ? node.maximum : node.exclusiveMaximum;
  const from = low === undefined ? '' : `${node.exclusiveMinimum === undefined ? '' : 'above '}${low}`;
  if (high === undefined || high === Number.MAX_SAFE_INTEGER) return from === '' ? '' : `${from} or more`;
  return `${from} to ${node.exclusiveMaximum === undefined ? '' : 'below '}${high}`;
}

function length(least: number | undefined, most: number | undefined, unit: string): string {
  if (least === undefined && most === undefined) return '';
  if (most === undefined) return `at least ${least} ${unit}`;
  return least === undefined ? `at most ${most} ${unit}` : `${least} to ${most} ${unit}`;
}

/** The known name nearest to what was written, when it is near enough to be a slip; undefined otherwise. */
export function closest(written: string, known: readonly string[]): string | undefined {
  const plain = (text: string) => text.toLowerCase().replaceAll(/[_-]/g, '');
  let best: string | undefined;
  let bestDistance = Math.max(1, Math.floor(written.length / 3)) + 1;
  for (const candidate of known) {
    const distance = editDistance(plain(written.slice(0, 64)), plain(candidate));
    if (distance < bestDistance) [best, bestDistance] = [candidate, distance];
  }
  return best;
}

/** Insertions, deletions, substitutions and swaps of neighbours (optimal string alignment). */
function editDistance(a: string, b: string): number {
  let before: number[] = [];
  let previous = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const current = [i];
    for (let j = 1; j <= b.length; j++) {
      const substitution = (previous[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      const swap = swapped ? (before[j - 2] ?? 0) + 1 : Number.POSITIVE_INFINITY;
      current.push(Math.min(substitution, swap, (previous[j] ?? 0) + 1, (current[j - 1] ?? 0) + 1));
    }
    before = previous;
    previous = current;
  }
  return previous[b.length] ?? 0;
}
