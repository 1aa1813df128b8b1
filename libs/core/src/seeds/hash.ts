import { createHash } from 'node:crypto';

/** SHA-256 of the text's UTF-8 bytes, 64 lower-case hexadecimal digits. */
export function sha256Hex(text: string): string {
  return createHash('sha256').update(text, 'utf8').digest('hex');
}

/**
 * JSON with object keys sorted by UTF-16 code unit and no white space, so that equal values give equal text.
 * Members that are `undefined` are left out, as JSON.stringify does.
 *
 * @throws TypeError on what JSON cannot say: non-finite numbers, bigint, functions, symbols, `undefined` outside an object, cycles.
 */
export function canonicalJson(value: unknown): string {
  return encode(value, '$', []);
}

function encode(value: unknown, path: string, ancestors: readonly object[]): string {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return JSON.stringify(value);
  if (typeof value === 'number') {
    if (!Number.isFinite(value)) throw new TypeError(`${path} is ${value}: JSON has finite numbers only`);
    return JSON.stringify(value);
  }
  if (typeof value !== 'object') throw new TypeError(`${path} is ${typeof value}: not a JSON value`);
  if (ancestors.includes(value)) throw new TypeError(`${path} refers to one of its ancestors`);
  const inside = [...ancestors, value];
  if (Array.isArray(value)) {
    return `[${value.map((item: unknown, index) => encode(item, `${path}[${index}]`, inside)).join(',')}]`;
  }
  if ('toJSON' in value && typeof value.toJSON === 'function') {
    return encode(value.toJSON(), path, inside);
  }
  const members = Object.entries(value)
    .filter(([, member]) => member !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, member]) => `${JSON.stringify(key)}:${encode(member, `${path}.${key}`, inside)}`);
  return `{${members.join(',')}}`;
}
