import type { Message, Producer } from 'kafkajs';
import { BRIEF, kafkaOf, type KafkaConnection } from './kafka-connection.js';
import { kafkaFailure } from './kafka-failure.js';

/** Makes a producer that is not connected yet. */
export type ProducerFactory = () => Producer;

/** Messages for one topic, in order. */
export interface TopicMessages {
  topic: string;
  messages: Message[];
}

/**
 * Sends messages with acks from all in-sync replicas, by an idempotent producer, one send at a time.
 *
 * After a rejected send the producer is discarded and the next send makes a new one: kafkajs rolls the idempotent producer's sequence number back
 * after a failure, so if the broker had stored the message all the same, the next one would be taken for its duplicate, acknowledged and lost.
 */
export class MessageSender {
  #producer: Promise<Producer> | undefined;
  #last: Promise<unknown> = Promise.resolve();

  /** @param describe makes an error of a producer one for users */
  constructor(
    private readonly createProducer: ProducerFactory,
    private readonly describe: (error: unknown) => unknown = (error) => error,
  ) {}

  /** A sender that connects at its first send. A send fails within seconds when the broker is away. */
  static connect(connection: KafkaConnection): MessageSender {
    const kafka = kafkaOf(connection, BRIEF);
    return new MessageSender(
      () => kafka.producer({ idempotent: true, maxInFlightRequests: 1, allowAutoTopicCreation: false }),
      (error) => kafkaFailure(error, connection),
    );
  }

  /**
   * Resolves when all are stored. When it rejects, some may be: send all of them again before any later ones.
   * @throws KafkaFailure
   */
  send(groups: readonly TopicMessages[]): Promise<void> {
    const sent = this.#last.then(() => this.#send(groups));
    this.#last = sent.catch(() => undefined);
    return sent;
  }

  /** Ends the connection after the send that is going on. */
  async close(): Promise<void> {
    await this.#last;
    await this.#discard();
  }

  async #send(groups: readonly TopicMessages[]): Promise<void> {
    try {
      for (const { topic, messages } of groups) {
        this.#producer ??= this.#connected();
        const producer = await this.#producer;
        await producer.send({ acks: -1, topic, messages });
      }
    } catch (error) {
      await this.#discard();
      throw this.describe(error);
    }
  }

  async #connected(): Promise<Producer> {
    const producer = this.createProducer();
    try {
      await producer.connect();
      return producer;
    } catch (error) {
      await producer.disconnect().catch(() => undefined);
      throw error;
    }
  }

  async #discard(): Promise<void> {
    const producer = this.#producer;
    this.#producer = undefined;
    // A producer that failed may fail to disconnect too; it is not used again either way.
    await producer?.then((known) => known.disconnect()).catch(() => undefined);
  }
}
