import { RunEvent } from '@trprompt/proto/events/v1/events';
import {
  PROTOBUF_CONTENT_TYPE,
  RUN_EVENT_TYPE,
  eventKinds,
  toMessage,
  topicOf,
  topics,
  type EventKind,
} from '../cloud-event.js';
import { deadLetterChannel, deadLetterMessage, deadLetterOperation } from './dead-letter.js';
import { exampleEvents } from './examples.js';
import { jsonSchemas, schemaPointer, type JsonSchema } from './json-schema.js';
import { bindingVersion, channelBindings, references } from './kafka-bindings.js';
import { messageDocs, type MessageDoc } from './message-docs.js';
import { info, securitySchemes, servers } from './surroundings.js';

/** Name of the schema of an event's headers. */
const HEADERS = 'CloudEventHeaders';

type ChannelName = keyof typeof topics;

/** What each topic is for, in the order of the document. */
const channelTexts: Record<ChannelName, string> = {
  runs: 'The course of every run: begin and end, phases, accuracies, adapters, checkpoints, items given up.',
  search: 'The optimal-reward search of every run: critiques, candidates, decisions.',
  samples:
    'The triples of rollouts, with answer and verdict. Only of runs whose configuration has `events.samples: true`, since questions and answers may be private.',
};

/**
 * The AsyncAPI 3.0 document of the events. What repeats the code or the protobuf definitions is taken from them: topics, headers, kinds, fields, types
 * and comments.
 */
export function asyncApiDocument(): object {
  const docs = messageDocs();
  const names = Object.keys(channelTexts) as ChannelName[];
  return {
    asyncapi: '3.0.0',
    info,
    defaultContentType: PROTOBUF_CONTENT_TYPE,
    servers,
    channels: {
      ...Object.fromEntries(names.map((name) => [name, channel(name)])),
      deadLetter: deadLetterChannel,
    },
    operations: {
      ...Object.fromEntries(
        names.map((name) => [`publish${name[0]?.toUpperCase()}${name.slice(1)}`, operation(name)]),
      ),
      deadLetter: deadLetterOperation,
    },
    components: {
      messages: {
        ...Object.fromEntries(eventKinds.map((kind) => [kind, message(kind, docs)])),
        deadLetter: deadLetterMessage,
      },
      schemas: { [HEADERS]: cloudEventHeaders(), ...jsonSchemas(RUN_EVENT_TYPE, docs) },
      securitySchemes,
    },
  };
}

const kindsOf = (name: ChannelName): EventKind[] =>
  eventKinds.filter((kind) => topicOf(kind) === topics[name]);

function channel(name: ChannelName): object {
  return {
    address: topics[name],
    description: channelTexts[name],
    messages: Object.fromEntries(
      kindsOf(name).map((kind) => [kind, { $ref: `#/components/messages/${kind}` }]),
    ),
    bindings: channelBindings(topics[name]),
  };
}

function operation(name: ChannelName): object {
  return {
    action: 'send',
    channel: { $ref: `#/channels/${name}` },
    summary:
      'The coordinator publishes, in order and at least once, what it has committed; a consumer does the opposite and receives.',
    messages: references(name, kindsOf(name)),
  };
}

/** A message whose event has a payload of this kind. */
function message(kind: EventKind, docs: ReadonlyMap<string, MessageDoc>): object {
  const field = docs.get(RUN_EVENT_TYPE)?.fields.find(({ jsonName }) => jsonName === kind);
  if (!field) throw new Error(`${RUN_EVENT_TYPE} has no payload ${kind}`);
  const example = exampleEvents()[kind];
  return {
    name: kind,
    title: docs.get(field.type)?.name,
    summary: field.comment,
    description: docs.get(field.type)?.comment,
    contentType: PROTOBUF_CONTENT_TYPE,
    headers: {
      type: 'object',
      allOf: [{ $ref: schemaPointer(HEADERS) }, { properties: { ce_subject: { const: kind } } }],
    },
    payload: {
      'x-protobuf-message': RUN_EVENT_TYPE,
      allOf: [{ $ref: schemaPointer(RUN_EVENT_TYPE) }, { required: [kind] }],
    },
    bindings: { kafka: { key: { type: 'string', description: 'The run id.' }, bindingVersion } },
    examples: [{ name: kind, headers: toMessage(example).headers, payload: RunEvent.toJSON(example) }],
  };
}

const headerTexts: Record<string, string> = {
  ce_specversion: 'Version of CloudEvents.',
  ce_id: 'Deterministic: run id, slash, sequence. De-duplicate by it.',
  ce_source: 'Who publishes.',
  ce_type: 'Full name of the protobuf message in the value.',
  ce_subject: 'Which payload the event has.',
  ce_partitionkey: 'The run id, the same as the key.',
  ce_time: 'When the event was committed.',
  'content-type': 'How the value is encoded.',
};

/** Not the same in every event. */
const varying: Record<string, JsonSchema> = {
  ce_subject: { enum: eventKinds },
  ce_id: { pattern: '^.+/[1-9][0-9]*$' },
  ce_partitionkey: { minLength: 1 },
  ce_time: { format: 'date-time' },
};

/** The headers that `toMessage` writes; what is the same in every event as a constant. */
function cloudEventHeaders(): JsonSchema {
  const written = Object.entries(toMessage(exampleEvents().runCreated).headers);
  return {
    type: 'object',
    title: 'Headers',
    description: 'The attributes of CloudEvents 1.0 as Kafka headers.',
    required: written.map(([name]) => name),
    properties: Object.fromEntries(
      written.map(([name, value]) => [
        name,
        { type: 'string', description: headerTexts[name], ...(varying[name] ?? { const: value }) },
      ]),
    ),
  };
}
