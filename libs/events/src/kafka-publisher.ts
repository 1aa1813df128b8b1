import { batchesOf } from './batches.js';
import type { EventMessage } from './cloud-event.js';
import { EventPublisher } from './event-publisher.js';
import type { KafkaConnection } from './kafka-connection.js';
import { MessageSender, type ProducerFactory } from './message-sender.js';

/** How a publisher works. */
export interface KafkaPublisherOptions {
  /** Done once before the first send, such as creating topics; while it fails, publishing fails, and the next one tries it again. */
  before?: () => Promise<void>;
}

/**
 * Publishes events to Kafka; how none is lost is said at MessageSender. It waits no longer than seconds for a broker that is away: who publishes
 * keeps the events and tries again.
 */
export class KafkaPublisher extends EventPublisher {
  #prepared: boolean;

  private constructor(
    private readonly sender: MessageSender,
    private readonly options: KafkaPublisherOptions = {},
  ) {
    super();
    this.#prepared = options.before === undefined;
  }

  /** A publisher that connects at its first send. Its failures are KafkaFailure. */
  static connect(connection: KafkaConnection, options?: KafkaPublisherOptions): KafkaPublisher {
    return new KafkaPublisher(MessageSender.connect(connection), options);
  }

  /** A publisher on producers of the caller's making. */
  static over(createProducer: ProducerFactory, options?: KafkaPublisherOptions): KafkaPublisher {
    return new KafkaPublisher(new MessageSender(createProducer), options);
  }

  async publish(messages: readonly EventMessage[]): Promise<void> {
    if (messages.length === 0) return;
    if (!this.#prepared) await this.options.before?.();
    this.#prepared = true;
    await this.sender.send(batchesOf(messages));
  }

  close(): Promise<void> {
    return this.sender.close();
  }
}
