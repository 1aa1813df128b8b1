import { batchesOf } from './batches.js';
import type { EventMessage } from './cloud-event.js';
import { EventPublisher } from './event-publisher.js';
import type { KafkaConnection } from './kafka-connection.js';
import { MessageSender, type MessageSenderOptions } from './message-sender.js';

/**
 * Publishes events to Kafka; how none is lost is said at MessageSender. It waits no longer than seconds for a broker that is away: who publishes
 * keeps the events and tries again.
 */
export class KafkaPublisher extends EventPublisher {
  constructor(private readonly sender: MessageSender) {
    super();
  }

  /** A publisher that connects at its first send, after what `before` does. Its failures are KafkaFailure. */
  static connect(
    connection: KafkaConnection,
    options?: Pick<MessageSenderOptions, 'before'>,
  ): KafkaPublisher {
    return new KafkaPublisher(MessageSender.connect(connection, options));
  }

  override prepare(): Promise<void> {
    return this.sender.send([]);
  }

  async publish(messages: readonly EventMessage[]): Promise<void> {
    if (messages.length > 0) await this.sender.send(batchesOf(messages));
  }

  close(): Promise<void> {
    return this.sender.close();
  }
}
