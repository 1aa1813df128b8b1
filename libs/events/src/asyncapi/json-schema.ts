import type { FieldDoc, MessageDoc } from './message-docs.js';

/** A JSON Schema, as far as it is made here. */
export type JsonSchema = Record<string, unknown>;

/** Where the schema of a message is in the document. */
export const schemaPointer = (message: string): string => `#/components/schemas/${message}`;

const TIMESTAMP = 'google.protobuf.Timestamp';

/** JSON Schemas of scalars as ts-proto writes them: 64-bit integers as numbers, bytes in base64. */
const scalars: Record<string, JsonSchema> = {
  string: { type: 'string' },
  bool: { type: 'boolean' },
  double: { type: 'number', format: 'double' },
  int32: { type: 'integer', format: 'int32' },
  int64: { type: 'integer', format: 'int64' },
  bytes: { type: 'string', contentEncoding: 'base64' },
};

/**
 * The JSON Schemas of a message and every message that it consists of, by full name: of their JSON form (proto3 JSON mapping), each field with its
 * number and type on the wire in `x-protobuf`. No field is required, since those that are 0, false or empty are left out; of a oneof at most one may be there.
 *
 * Throws Error when a message or a type of a field is not known.
 */
export function jsonSchemas(
  message: string,
  docs: ReadonlyMap<string, MessageDoc>,
): Record<string, JsonSchema> {
  const schemas: Record<string, JsonSchema> = {};
  const add = (name: string): void => {
    if (name in schemas || name === TIMESTAMP) return;
    const doc = docs.get(name);
    if (!doc) throw new Error(`there is no protobuf message ${name}`);
    schemas[name] = schemaOf(doc);
    for (const { type, mapOf = type } of doc.fields) if (!(mapOf in scalars)) add(mapOf);
  };
  add(message);
  return schemas;
}

function schemaOf({ name, comment, fields }: MessageDoc): JsonSchema {
  return {
    type: 'object',
    title: name.slice(name.lastIndexOf('.') + 1),
    description: comment,
    'x-protobuf-message': name,
    properties: Object.fromEntries(fields.map((field) => [field.jsonName, propertyOf(field)])),
    additionalProperties: false,
    ...exclusive(fields),
  };
}

function propertyOf({ name, number, type, mapOf, repeated, oneof, comment }: FieldDoc): JsonSchema {
  const value =
    mapOf === undefined ? valueOf(type) : { type: 'object', additionalProperties: valueOf(mapOf) };
  const extra = {
    'x-protobuf': { name, number, type, ...(repeated ? { repeated } : {}), ...(oneof ? { oneof } : {}) },
  };
  // What stands beside a reference is ignored, so a described reference is wrapped.
  if ('$ref' in value && !repeated) return { description: comment, ...extra, allOf: [value] };
  return { description: comment, ...extra, ...(repeated ? { type: 'array', items: value } : value) };
}

function valueOf(type: string): JsonSchema {
  if (type === TIMESTAMP) return { type: 'string', format: 'date-time' };
  return scalars[type] ?? { $ref: schemaPointer(type) };
}

/** Of the members of each oneof at most one is set. */
function exclusive(fields: readonly FieldDoc[]): JsonSchema {
  const members = fields.filter(({ oneof }) => oneof !== undefined).map(({ jsonName }) => jsonName);
  if (members.length === 0) return {};
  const none = { not: { anyOf: members.map((member) => ({ required: [member] })) } };
  return { oneOf: [...members.map((member) => ({ required: [member] })), none] };
}
