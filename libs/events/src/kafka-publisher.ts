import { Kafka, logLevel, type Producer } from 'kafkajs';
import type { EventMessage } from './cloud-event.js';
import { EventPublisher } from './event-publisher.js';

/** How to reach Kafka. */
export interface KafkaPublisherOptions {
  /** host:port of one or more brokers. */
  brokers: readonly string[];
  clientId?: string;
}

/** Makes a producer that is not connected yet. */
export type ProducerFactory = () => Producer;

/**
 * Publishes to Kafka: acks all, idempotent producer, one send at a time.
 *
 * After a rejected send the producer is discarded and the next send makes a new one: kafkajs rolls the idempotent producer's sequence number back
 * after a failure, so if the broker had stored the message all the same, the next one would be taken for its duplicate, acknowledged and lost.
 */
export class KafkaPublisher extends EventPublisher {
  #producer: Promise<Producer> | undefined;
  #last: Promise<unknown> = Promise.resolve();

  constructor(private readonly createProducer: ProducerFactory) {
    super();
  }

  /** A publisher that connects at its first send. */
  static connect({ brokers, clientId = 'trprompt' }: KafkaPublisherOptions): KafkaPublisher {
    const kafka = new Kafka({
      clientId,
      brokers: [...brokers],
      connectionTimeout: 1000,
      requestTimeout: 5000,
      retry: { initialRetryTime: 100, maxRetryTime: 2000, retries: 10 },
      logLevel: logLevel.NOTHING,
    });
    return new KafkaPublisher(() =>
      kafka.producer({ idempotent: true, maxInFlightRequests: 1, allowAutoTopicCreation: false }),
    );
  }

  publish(messages: readonly EventMessage[]): Promise<void> {
    const sent = this.#last.then(() => this.#send(messages));
    this.#last = sent.catch(() => undefined);
    return sent;
  }

  async close(): Promise<void> {
    await this.#last;
    await this.#discard();
  }

  async #send(messages: readonly EventMessage[]): Promise<void> {
    if (messages.length === 0) return;
    try {
      this.#producer ??= this.#connected();
      const producer = await this.#producer;
      // Topic by topic in the order of the messages: kafkajs keeps the order within a topic's partition.
      for (const group of byTopic(messages)) await producer.send({ acks: -1, ...group });
    } catch (error) {
      await this.#discard();
      throw error;
    }
  }

  async #connected(): Promise<Producer> {
    const producer = this.createProducer();
    await producer.connect();
    return producer;
  }

  async #discard(): Promise<void> {
    const producer = this.#producer;
    this.#producer = undefined;
    // A producer that failed may fail to disconnect too; it is not used again either way.
    await producer?.then((known) => known.disconnect()).catch(() => undefined);
  }
}

function byTopic(
  messages: readonly EventMessage[],
): { topic: string; messages: { key: string; headers: Record<string, string>; value: Buffer }[] }[] {
  const groups = Map.groupBy(messages, (message) => message.topic);
  return [...groups].map(([topic, group]) => ({
    topic,
    messages: group.map(({ key, headers, value }) => ({ key, headers, value: Buffer.from(value) })),
  }));
}
