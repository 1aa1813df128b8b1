import { NumberText } from '../formats/rows.js';

/**
 * The member of a record that a name says: the one with just that name, else the one that its dots lead to (`meta.level`, `choices.0`).
 * Undefined when there is none.
 */
export function memberOf(fields: Record<string, unknown>, name: string): unknown {
  if (name === '') return undefined;
  if (Object.hasOwn(fields, name)) return fields[name];
  if (!name.includes('.')) return undefined;
  let value: unknown = fields;
  for (const part of name.split('.')) {
    if (typeof value !== 'object' || value === null || value instanceof NumberText) return undefined;
    // Own members only: "constructor" and the like are none.
    if (!Object.hasOwn(value, part)) return undefined;
    value = (value as Record<string, unknown>)[part];
  }
  return value;
}

/** Whether there is nothing: no member, null or a text without a character. CSV has no other way to leave a value out. */
export function isAbsent(value: unknown): boolean {
  return value === undefined || value === null || (typeof value === 'string' && value.trim() === '');
}

/** A value for a message. */
export function shown(value: unknown): string {
  if (value instanceof NumberText) return value.text;
  if (value === undefined) return 'absent';
  const text = JSON.stringify(value, (_key, each: unknown) =>
    each instanceof NumberText ? Number(each.text) : each,
  );
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}
