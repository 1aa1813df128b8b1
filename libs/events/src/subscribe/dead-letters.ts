import { setTimeout as delay } from 'node:timers/promises';
import { fullJitterMs } from '@trprompt/core';
import type { IHeaders } from 'kafkajs';
import type { KafkaConnection } from '../kafka-connection.js';
import { KafkaFailure } from '../kafka-failure.js';
import { MessageSender } from '../message-sender.js';
import { DEAD_LETTER_TOPIC, ensureTopics, topicSettings, withAdmin } from '../topics.js';
import type { DeadLetter } from './options.js';

/** What is kept of a reason. Characters. */
const REASON_LENGTH = 1000;
const PAUSES = { initialDelayMs: 200, maxDelayMs: 2000 };

/** The parts of a message that are kept as they are. */
export interface OriginalMessage {
  key: Buffer | null;
  value: Buffer | null;
  headers?: IHeaders;
}

/** Puts messages aside. */
export abstract class DeadLetters {
  /** Resolves when the message is stored. Throws the signal's reason when that is aborted first, KafkaFailure when it cannot be stored at all. */
  abstract put(message: OriginalMessage, letter: DeadLetter, signal: AbortSignal): Promise<void>;
  abstract close(): Promise<void>;
}

/** Puts messages into a topic, acknowledged by all in-sync replicas. A broker that is away is waited for. */
export class DeadLetterTopic extends DeadLetters {
  readonly #sender: MessageSender;
  #exists = false;

  constructor(
    private readonly connection: KafkaConnection,
    private readonly topic: string,
    private readonly groupId: string,
  ) {
    super();
    this.#sender = MessageSender.connect(connection);
  }

  async put(message: OriginalMessage, letter: DeadLetter, signal: AbortSignal): Promise<void> {
    const headers = { ...message.headers, ...this.#headers(letter) };
    for (let attempt = 1; ; attempt += 1) {
      try {
        if (!this.#exists) await this.#ensure(letter.topic);
        this.#exists = true;
        await this.#sender.send([
          { topic: this.topic, messages: [{ key: message.key, value: message.value, headers }] },
        ]);
        return;
      } catch (error) {
        if (!(error instanceof KafkaFailure) || !error.retryable) throw error;
        this.#exists = false;
      }
      await delay(fullJitterMs(attempt, PAUSES, Math.random()), undefined, { signal });
    }
  }

  close(): Promise<void> {
    return this.#sender.close();
  }

  #headers({ topic, partition, offset, attempts, reason }: DeadLetter): IHeaders {
    return {
      dead_letter_topic: topic,
      dead_letter_partition: String(partition),
      dead_letter_offset: offset,
      dead_letter_attempts: String(attempts),
      dead_letter_reason: reason.slice(0, REASON_LENGTH),
      dead_letter_group: this.groupId,
      dead_letter_time: new Date().toISOString(),
    };
  }

  /** With as many copies as the topic that the message comes from. */
  async #ensure(source: string): Promise<void> {
    const replicationFactor = await withAdmin(this.connection, async (admin) => {
      const { topics } = await admin.fetchTopicMetadata({ topics: [source] });
      return topics[0]?.partitions[0]?.replicas.length ?? 1;
    });
    const settings = topicSettings[DEAD_LETTER_TOPIC];
    if (settings === undefined) return;
    await ensureTopics(this.connection, { replicationFactor, topics: { [this.topic]: settings } });
  }
}
