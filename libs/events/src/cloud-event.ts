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
  const subject = event.payload?.$case;
  if (subject === undefined) throw new EventFormatError(`event ${event.eventId} has no payload`);
  return {
    topic: topicOf(subject),
    key: event.runId,
    headers: {
      ce_specversion: '1.0',
      ce_id: event.eventId,
      ce_source: EVENT_SOURCE,
      ce_type: RUN_EVENT_TYPE,
      ce_subject: subject,
      ce_partitionkey: event.runId,
      ...(event.time === undefined ? {} : { ce_time: event.time }),
      'content-type': PROTOBUF_CONTENT_TYPE,
    },
    value: RunEvent.encode(event).finish(),
  };
}

/** The topic of events of this kind. */
export function topicOf(kind: EventKind): Topic {
  if (kind === 'search') return topics.search;
  return kind === 'sampleRecorded' ? topics.samples : topics.runs;
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
