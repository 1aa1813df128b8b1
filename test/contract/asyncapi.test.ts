import { createRequire } from 'node:module';
import { fromBinary, isFieldSet } from '@bufbuild/protobuf';
import { FieldDescriptorProtoSchema, FileDescriptorSetSchema } from '@bufbuild/protobuf/wkt';
import { toMessage, topicOf, topics, topicSettings } from '@trprompt/events';
import { descriptorSet } from '@trprompt/proto/descriptors';
import { RunEvent } from '@trprompt/proto/events/v1/events';
import { Ajv } from 'ajv';
import addFormats from 'ajv-formats';
import { describe, expect, it } from 'vitest';
import { RUN_EVENT, document, kinds, problemsOf, text } from '../support/asyncapi.js';

const { channels, components, operations } = document;

describe('the AsyncAPI document', () => {
  it('is valid AsyncAPI 3.0', () => {
    const schema = createRequire(import.meta.url)('@asyncapi/specs/schemas/3.0.0-without-$id.json') as object;
    const validate = addFormats.default(new Ajv({ strict: false, allErrors: true })).compile(schema);
    validate(document);
    expect(validate.errors).toBeNull();
  });

  it('refers to nothing that is not there', () => {
    const references = [...text.matchAll(/\$ref: ["']?#([^"'\s]+)/g)].map(([, pointer]) => pointer ?? '');
    expect(references.length).toBeGreaterThan(50);
    const target = (pointer: string): unknown =>
      pointer
        .split('/')
        .slice(1)
        .reduce<unknown>((value, key) => (value as Record<string, unknown> | undefined)?.[key], document);
    expect(references.filter((pointer) => target(pointer) === undefined)).toEqual([]);
  });

  it('has examples that follow its own schemas, and refuses what does not', () => {
    for (const kind of kinds)
      for (const { headers, payload } of components.messages[kind]?.examples ?? [])
        expect(problemsOf(kind, headers, payload)).toEqual([]);
    const { headers, payload } = components.messages['runEnded']?.examples[0] ?? {};
    expect(problemsOf('runStarted', headers, payload)).toHaveLength(2);
    expect(
      problemsOf('runEnded', { ...headers, ce_type: 'other' }, { ...payload, sequence: 'x' }),
    ).toHaveLength(2);
  });
});

describe('the document against the code', () => {
  it('has the topics with their partitions and retention', () => {
    const declared = Object.values(channels).map(({ address, bindings }) => [
      address,
      {
        partitions: bindings.kafka.partitions,
        retentionMs: bindings.kafka.topicConfiguration['retention.ms'],
        maxMessageBytes: bindings.kafka.topicConfiguration['max.message.bytes'],
      },
    ]);
    expect(Object.fromEntries(declared)).toEqual(topicSettings);
  });

  it('puts each kind of event into the topic that it is sent to', () => {
    for (const [name, topic] of Object.entries(topics)) {
      const expected = kinds.filter((kind) => topicOf(kind) === topic);
      expect(Object.keys(channels[name]?.messages ?? {})).toEqual(expected);
    }
  });

  it('has an operation for each channel, with all its messages', () => {
    for (const [name, { messages }] of Object.entries(channels)) {
      const of = Object.values(operations).filter(({ channel }) => channel.$ref === `#/channels/${name}`);
      expect(of.flatMap((operation) => operation.messages.map(({ $ref }) => $ref))).toEqual(
        Object.keys(messages).map((message) => `#/channels/${name}/messages/${message}`),
      );
    }
  });

  it('has the headers that are written, for every kind', () => {
    for (const kind of kinds) {
      const [example] = components.messages[kind]?.examples ?? [];
      const payload = example?.payload as Record<string, unknown>;
      const event = RunEvent.fromPartial({
        eventId: String(payload['eventId']),
        runId: String(payload['runId']),
        sequence: Number(payload['sequence']),
        time: String(payload['time']),
        payload: { $case: kind, value: {} } as NonNullable<RunEvent['payload']>,
      });
      const { headers, topic } = toMessage(event);
      expect(headers).toEqual(example?.headers);
      expect(components.messages[kind]).toMatchObject({ name: kind, contentType: headers['content-type'] });
      expect(Object.values(channels).find(({ address }) => address === topic)?.messages).toHaveProperty(kind);
    }
  });
});

describe('the document against the compiled protobuf descriptors', () => {
  const { file } = fromBinary(FileDescriptorSetSchema, descriptorSet());
  const messages = new Map(
    file.flatMap((each) => each.messageType.map((message) => [`${each.package}.${message.name}`, message])),
  );
  const TYPES = ['', 'double', 'float', 'int64', 'uint64', 'int32', 'fixed64', 'fixed32', 'bool', 'string'];

  /** Of a map: "map<string, int32>". */
  function mapType(message: string, typeName: string): string | undefined {
    const entry = messages
      .get(message)
      ?.nestedType.find((nested) => nested.options?.mapEntry && typeName === `.${message}.${nested.name}`);
    return entry && `map<${entry.field.map(({ type }) => TYPES[type]).join(', ')}>`;
  }

  it('documents every payload of RunEvent, and none that is not there', () => {
    const members = messages
      .get(RUN_EVENT)
      ?.field.filter((field) => isFieldSet(field, FieldDescriptorProtoSchema.field.oneofIndex));
    expect(members?.map(({ jsonName }) => jsonName)).toEqual(kinds);
    const types = kinds.map(
      (kind) => components.schemas[RUN_EVENT]?.properties?.[kind]?.['x-protobuf']?.type,
    );
    expect(types).toEqual(members?.map(({ typeName }) => typeName.slice(1)));
  });

  it('has every field of every message that an event consists of, with its number and type', () => {
    const described = Object.entries(components.schemas).filter(([, schema]) => schema['x-protobuf-message']);
    expect(described.length).toBeGreaterThan(15);
    for (const [name, schema] of described) {
      const compiled = messages
        .get(name)
        ?.field.map((field) => [
          field.jsonName,
          field.name,
          field.number,
          mapType(name, field.typeName) ??
            (field.typeName === '' ? TYPES[field.type] : field.typeName.slice(1)),
        ]);
      const documented = Object.entries(schema.properties ?? {}).map(([key, { 'x-protobuf': field }]) => [
        key,
        field?.name,
        field?.number,
        field?.type,
      ]);
      expect({ name, fields: documented }).toEqual({ name, fields: compiled });
    }
  });

  it('has a schema for every message that a field is of', () => {
    const types = Object.values(components.schemas).flatMap(({ properties = {} }) =>
      Object.values(properties).map(({ 'x-protobuf': field }) => field?.type ?? ''),
    );
    const named = types.filter((type) => type.startsWith('trprompt.'));
    expect(Object.keys(components.schemas)).toEqual(expect.arrayContaining(named));
  });
});
