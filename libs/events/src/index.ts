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
export { KafkaPublisher, type KafkaPublisherOptions, type ProducerFactory } from './kafka-publisher.js';
