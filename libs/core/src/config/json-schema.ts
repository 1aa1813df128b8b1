import { z } from 'zod';
import { runConfigSchema } from './schema.js';

/** A JSON Schema node as `runConfigJsonSchema` makes it. */
export interface SchemaNode {
  type?: string;
  description?: string;
  default?: unknown;
  enum?: readonly unknown[];
  const?: unknown;
  properties?: Record<string, SchemaNode>;
  items?: SchemaNode;
  anyOf?: readonly SchemaNode[];
  minimum?: number;
  maximum?: number;
  exclusiveMinimum?: number;
  exclusiveMaximum?: number;
  minLength?: number;
  maxLength?: number;
  minItems?: number;
  maxItems?: number;
  pattern?: string;
  format?: string;
  required?: readonly string[];
}

/**
 * JSON Schema (draft 2020-12) of a configuration as a person writes it, for editors and other tools. Rules across fields
 * (a split that adds up to more than 1, for instance) are beyond it: `parseRunConfig` has the last word.
 */
export function runConfigJsonSchema(): SchemaNode {
  const schema = z.toJSONSchema(runConfigSchema, { io: 'input' });
  return schema as unknown as SchemaNode;
}
