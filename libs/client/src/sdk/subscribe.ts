import {
  type Delivery,
  type EventKind,
  type KafkaConnection,
  subscribe as subscribeToKafka,
  type SubscribeOptions as KafkaSubscribeOptions,
  type Subscription,
  topicOf,
} from '@trprompt/events';
import type { RunEvent } from '@trprompt/proto/events/v1/events';
import { kafkaConnection } from '../config/kafka.js';

/** What an event of a kind carries. */
export type EventPayload<Kind extends EventKind> = Extract<
  NonNullable<RunEvent['payload']>,
  { $case: Kind }
>['value'];

/**
 * What is done with the events of each kind. A handler gets what the event carries, the event itself (`runId`, `sequence`, `time`, ...) and where it came from.
 * What it throws counts as a failure, and it is called again.
 */
export type EventHandlers = {
  [Kind in EventKind]?: (
    payload: EventPayload<Kind>,
    event: RunEvent,
    delivery: Delivery,
  ) => Promise<void> | void;
};

/** Settings of `subscribe`. */
export interface SubscribeOptions extends Omit<KafkaSubscribeOptions, 'connection' | 'topics' | 'handle'> {
  /** Brokers as host:port, several with commas; or all about the connection, with TLS and login. */
  kafka: string | KafkaConnection;
  /** Handlers by kind. Kinds without one are passed over; topics that have none of the others are not read. */
  on: EventHandlers;
}

/**
 * Handles events of runs from Kafka, each at least once: not again once its handler has ended well (`seen`), again after it failed (`retry`), put aside in a
 * dead-letter topic after its last failure, and gone on with, after a stop or a crash, where the group had come to.
 *
 * @throws TypeError when `on` is empty; KafkaFailure when Kafka cannot be reached, refuses, or has no such topic
 * @example
 * const subscription = await subscribe({
 *   kafka: '127.0.0.1:9092',
 *   groupId: 'board',
 *   on: { runEnded: ({ state }, { runId }) => console.log(runId, state) },
 * });
 * await subscription.finished;
 */
export function subscribe({ kafka, on, ...options }: SubscribeOptions): Promise<Subscription> {
  const kinds = (Object.keys(on) as EventKind[]).filter((kind) => on[kind] !== undefined);
  if (kinds.length === 0) throw new TypeError('`on` has no handler: name the kinds of events to handle');
  return subscribeToKafka({
    ...options,
    connection: typeof kafka === 'string' ? kafkaConnection(kafka) : kafka,
    topics: [...new Set(kinds.map(topicOf))],
    handle: (event, delivery) => dispatch(on, event, delivery),
  });
}

type AnyHandler = (
  payload: EventPayload<EventKind>,
  event: RunEvent,
  delivery: Delivery,
) => Promise<void> | void;

function dispatch(on: EventHandlers, event: RunEvent, delivery: Delivery): Promise<void> | void {
  const { payload } = event;
  if (payload === undefined) return;
  // The compiler cannot see that the handler found under a kind takes the payload of that kind.
  const handler = on[payload.$case] as AnyHandler | undefined;
  return handler?.(payload.value, event, delivery);
}
