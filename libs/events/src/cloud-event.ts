import { RunEvent } from '@trprompt/proto/events/v1/events';

/** Topic of each kind of event; the key of every message is the run id, so a run's events stay in order within a topic. */
export const topics = {
  runs: 'trprompt.runs.v1',
  samples: 'trprompt.samples.v1',
  search: 'trprompt.search.v1',
} as const;

/** Name of a topic of the mesh. */
export type Topic = (typeof topics)[keyof typeof topics];
/** What an event tells of: the name of its payload, as in ce_subject. */
export type EventKind = NonNullable<RunEvent['payload']>['$case'];

const topicByKind: Record<EventKind, Topic> = {
  runCreated: topics.runs,
  runStarted: topics.runs,
  runEnded: topics.runs,
  phaseStarted: topics.runs,
  phaseCompleted: topics.runs,
  accuracyMeasured: topics.runs,
  adapterTrained: topics.runs,
  checkpointSelected: topics.runs,
  search: topics.search,
  itemGivenUp: topics.runs,
  sampleRecorded: topics.samples,
  testSplitOpened: topics.runs,
  testSplitRefused: topics.runs,
  rolloutSampled: topics.runs,
};

/** Every kind of event, in the order of the protobuf definition. */
export const eventKinds = Object.keys(topicByKind) as EventKind[];

/** The topic of events of this kind. */
export function topicOf(kind: EventKind): Topic {
  return topicByKind[kind];
}

/** Full name of the protobuf message that a value holds. */
export const RUN_EVENT_TYPE = 'trprompt.events.v1.RunEvent';
export const PROTOBUF_CONTENT_TYPE = 'application/protobuf';
/** Where the events come from (ce_source). */
export const EVENT_SOURCE = '/trprompt/coordinator';

/** A message of the CloudEvents 1.0 Kafka binding in binary mode: attributes in the headers, the event's bytes as the value. */
export interface EventMessage {
  topic: string;
  /** The run id. */
  key: string;
  headers: Record<string, string>;
  /** A serialised RunEvent. */
  value: Uint8Array;
}

/** What is wrong with a message that is no event of this mesh. */
export class EventFormatError extends Error {
  override readonly name = 'EventFormatError';
}

/** Makes the message of an event. `ce_id` is the event's deterministic id: consumers de-duplicate by it. */
export function toMessage(event: RunEvent): EventMessage {
  const attributes = attributesOf(event);
  const headers = Object.entries(attributes).map(([name, value]) => [`ce_${name}`, value]);
  return {
    topic: topicOf(attributes.subject),
    key: event.runId,
    headers: { ...Object.fromEntries(headers), 'content-type': PROTOBUF_CONTENT_TYPE },
    value: RunEvent.encode(event).finish(),
  };
}

/**
 * The event in the structured mode of CloudEvents 1.0, in its JSON format: the same attributes, and the RunEvent in its JSON form (proto3 JSON
 * mapping; what is 0, false or empty is left out) as `data`. Throws EventFormatError when the event has no payload.
 */
export function toStructured(event: RunEvent): object {
  return { ...attributesOf(event), datacontenttype: 'application/json', data: RunEvent.toJSON(event) };
}

interface Attributes {
  specversion: string;
  id: string;
  source: string;
  type: string;
  subject: EventKind;
  partitionkey: string;
  time?: string;
}

function attributesOf({ eventId, runId, time, payload }: RunEvent): Attributes {
  if (payload === undefined) throw new EventFormatError(`event ${eventId} has no payload`);
  return {
    specversion: '1.0',
    id: eventId,
    source: EVENT_SOURCE,
    type: RUN_EVENT_TYPE,
    subject: payload.$case,
    partitionkey: runId,
    ...(time === undefined ? {} : { time }),
  };
}

/** Reads a message. Throws EventFormatError that names the header or value that is wrong. */
export function fromMessage(message: Pick<EventMessage, 'headers' | 'value'>): RunEvent {
  const { headers, value } = message;
  const expected = {
    ce_specversion: '1.0',
    ce_type: RUN_EVENT_TYPE,
    'content-type': PROTOBUF_CONTENT_TYPE,
  };
  for (const [name, wanted] of Object.entries(expected))
    if (headers[name] !== wanted)
      throw new EventFormatError(
        `header ${name} is ${JSON.stringify(headers[name] ?? '')}, expected ${JSON.stringify(wanted)}`,
      );
  const event = decode(value);
  if (event.eventId !== headers['ce_id'])
    throw new EventFormatError(
      `header ce_id is ${JSON.stringify(headers['ce_id'] ?? '')}, the value's event_id ${JSON.stringify(event.eventId)}`,
    );
  return event;
}

function decode(value: Uint8Array): RunEvent {
  try {
    return RunEvent.decode(value);
  } catch (error) {
    throw new EventFormatError(
      `the value is no RunEvent: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
}
