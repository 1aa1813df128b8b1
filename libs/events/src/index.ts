export {
  EVENT_SOURCE,
  EventFormatError,
  PROTOBUF_CONTENT_TYPE,
  RUN_EVENT_TYPE,
  eventKinds,
  fromMessage,
  toMessage,
  toStructured,
  topicOf,
  topics,
  type EventKind,
  type EventMessage,
  type Topic,
} from './cloud-event.js';
export { EventPublisher } from './event-publisher.js';
export { type KafkaConnection } from './kafka-connection.js';
export { KafkaFailure, kafkaFailure } from './kafka-failure.js';
export { KafkaPublisher } from './kafka-publisher.js';
export {
  MessageSender,
  type MessageSenderOptions,
  type ProducerFactory,
  type TopicMessages,
} from './message-sender.js';
export {
  DEAD_LETTER_TOPIC,
  ensureTopics,
  topicSettings,
  type EnsureTopicsOptions,
  type TopicSettings,
} from './topics.js';
export { FileSeenEvents } from './subscribe/file-seen-events.js';
export type {
  DeadLetter,
  Delivery,
  RetryOptions,
  SubscribeOptions,
  Subscription,
  SubscriptionCounts,
} from './subscribe/options.js';
export { MemorySeenEvents, SeenEvents } from './subscribe/seen-events.js';
export { subscribe } from './subscribe/subscribe.js';
export { tailEvents, type Tail, type TailOptions } from './tail.js';
