import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { EventKind } from '@trprompt/events';
import { Ajv, type ValidateFunction } from 'ajv';
import addFormats from 'ajv-formats';
import { parse } from 'yaml';

/** Root of the repository, from the sources of this folder as well as from its build. */
const root = fileURLToPath(import.meta.url)
  .replaceAll('\\', '/')
  .replace(/\/test\/(dist\/)?support\/asyncapi\.[jt]s$/, '');

interface Reference {
  $ref: string;
}

interface Schema {
  'x-protobuf-message'?: string;
  properties?: Record<string, Schema & { 'x-protobuf'?: ProtobufField }>;
}

interface ProtobufField {
  name: string;
  number: number;
  type: string;
  repeated?: boolean;
  oneof?: string;
}

export interface Document {
  channels: Record<
    string,
    {
      address: string;
      messages: Record<string, Reference>;
      bindings: { kafka: { partitions: number; topicConfiguration: Record<string, unknown> } };
    }
  >;
  operations: Record<string, { channel: Reference; messages: Reference[] }>;
  components: {
    messages: Record<
      string,
      {
        name: string;
        contentType: string;
        headers: { required: string[] };
        examples: { headers: Record<string, string>; payload: object }[];
      }
    >;
    schemas: Record<string, Schema>;
  };
}

/** Full name of the message in every value. */
export const RUN_EVENT = 'trprompt.events.v1.RunEvent';
/** docs/asyncapi.yaml, as text and as what it says. */
export const text = readFileSync(join(root, 'docs', 'asyncapi.yaml'), 'utf8');
export const document = parse(text) as Document;
const { components } = document;
/** The kinds of events that it documents. */
export const kinds = Object.keys(components.messages).filter((name) => name !== 'deadLetter') as EventKind[];

const ajv = new Ajv({ strict: false, allErrors: true });
addFormats.default(ajv);
ajv.addSchema(document, 'asyncapi.yaml');

/** Validates against a part of the document. */
const partOf = (pointer: string): ValidateFunction => ajv.compile({ $ref: `asyncapi.yaml#${pointer}` });

/** What is wrong with headers and value of a message of this name, against the document. */
export function problemsOf(kind: string, headers: unknown, payload: unknown): unknown[] {
  return (['headers', 'payload'] as const).flatMap((part) => {
    const validate = partOf(`/components/messages/${kind}/${part}`);
    return validate(part === 'headers' ? headers : payload) ? [] : [{ kind, part, errors: validate.errors }];
  });
}
