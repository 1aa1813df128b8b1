import { randomUUID } from 'node:crypto';
import type { RunEvent } from '@trprompt/proto/events/v1/events';
import type { Batch, Consumer, KafkaMessage } from 'kafkajs';
import { EventFormatError } from './cloud-event.js';
import { eventOf } from './event-of.js';
import { PATIENT, kafkaOf, type KafkaConnection } from './kafka-connection.js';
import { kafkaFailure, type KafkaFailure } from './kafka-failure.js';
import { requireTopics, withAdmin } from './topics.js';
import { whenReady } from './when-ready.js';
import { within } from './within.js';

/** A broker that is away must not hold up the end. Milliseconds. */
const LEAVE_MS = 2000;

export interface TailOptions {
  connection: KafkaConnection;
  topics: readonly string[];
  /** From the oldest message that is kept. Default: only what comes from now on. */
  fromBeginning?: boolean;
  /** Only events of this run. */
  runId?: string;
  /** Told of each event, those of a run in order within a topic. After a fault of the mesh an event may come again under the same id. */
  onEvent: (event: RunEvent) => void;
  /** Told of each message that is no event of the mesh. */
  onForeign?: (reason: string) => void;
}

/** Events that are being read. */
export interface Tail {
  /** Resolves when everything that was in the topics at the beginning has been read. */
  readonly caughtUp: Promise<void>;
  /** Resolves when it was stopped, rejects with KafkaFailure when it cannot go on. */
  readonly finished: Promise<void>;
  stop(): Promise<void>;
}

/**
 * Reads topics without a trace: no progress is kept for a group and nothing is put aside. For looking on; what has to handle every event uses `subscribe`.
 * @throws KafkaFailure when Kafka cannot be reached, refuses, or has no such topic
 */
export async function tailEvents(options: TailOptions): Promise<Tail> {
  const tail = new KafkaTail(options, await partitionsOf(options.connection, options.topics));
  await tail.start();
  return tail;
}

class KafkaTail implements Tail {
  readonly caughtUp: Promise<void>;
  readonly finished: Promise<void>;
  readonly #caughtUp = Promise.withResolvers<void>();
  readonly #end = Promise.withResolvers<void>();
  readonly #consumer: Consumer;
  readonly #groupId = `trprompt-tail-${randomUUID()}`;
  /** Offset to be read next. */
  readonly #positions = new Map<string, { topic: string; partition: number; next: number }>();
  /** Offset after the last message that was there at the beginning, of partitions that are not read up to there. */
  readonly #pending = new Map<string, number>();
  #closed = false;
  #stopped: Promise<void> | undefined;

  constructor(
    private readonly options: TailOptions,
    partitions: readonly TopicPartition[],
  ) {
    const { fromBeginning = false } = options;
    for (const { topic, partition, low, high } of partitions) {
      this.#positions.set(nameOf(topic, partition), { topic, partition, next: fromBeginning ? low : high });
      if (fromBeginning && high > low) this.#pending.set(nameOf(topic, partition), high);
    }
    this.caughtUp = this.#caughtUp.promise;
    this.finished = this.#end.promise;
    // A rejection that nobody looks at must not end the process.
    this.finished.catch(() => undefined);
    this.#consumer = kafkaOf(options.connection, PATIENT, () => this.#closed).consumer({
      groupId: this.#groupId,
      sessionTimeout: 10_000,
      heartbeatInterval: 2000,
      maxWaitTimeInMs: 200,
      allowAutoTopicCreation: false,
      retry: { ...PATIENT, restartOnFailure: () => Promise.resolve(!this.#closed) },
    });
  }

  /** Resolves after the first fetch: from then on nothing is missed. */
  async start(): Promise<void> {
    const { connection, topics } = this.options;
    const { FETCH, CRASH, GROUP_JOIN } = this.#consumer.events;
    const fetched = new Promise<void>((resolve) => this.#consumer.on(FETCH, () => resolve()));
    this.#consumer.on(CRASH, ({ payload: { error, restart } }) => {
      if (!restart) void this.#finish(kafkaFailure(error, connection));
    });
    // No group keeps the place, so it is found again each time that the group is joined, after a fault for instance.
    this.#consumer.on(GROUP_JOIN, () => {
      for (const { topic, partition, next } of this.#positions.values())
        this.#consumer.seek({ topic, partition, offset: String(next) });
    });
    try {
      await this.#consumer.connect();
      await this.#consumer.subscribe({ topics: [...topics], fromBeginning: true });
      await this.#consumer.run({ autoCommit: false, eachBatch: ({ batch }) => this.#read(batch) });
      await Promise.race([fetched, this.finished]);
    } catch (error) {
      const failure = kafkaFailure(error, connection);
      await this.#finish(failure);
      throw failure;
    }
    if (this.#pending.size === 0) this.#caughtUp.resolve();
  }

  stop(): Promise<void> {
    return this.#finish();
  }

  #read({ topic, partition, messages }: Batch): Promise<void> {
    const name = nameOf(topic, partition);
    const position = this.#positions.get(name) ?? { topic, partition, next: 0 };
    this.#positions.set(name, position);
    for (const message of messages) {
      const offset = Number(message.offset);
      if (this.#closed || offset < position.next) continue;
      position.next = offset + 1;
      this.#tell(message);
    }
    if (position.next >= (this.#pending.get(name) ?? Infinity)) this.#pending.delete(name);
    if (this.#pending.size === 0) this.#caughtUp.resolve();
    return Promise.resolve();
  }

  #tell(message: KafkaMessage): void {
    const { runId, onEvent, onForeign } = this.options;
    if (runId !== undefined && message.key?.toString() !== runId) return;
    try {
      onEvent(eventOf(message));
    } catch (error) {
      if (!(error instanceof EventFormatError)) throw error;
      onForeign?.(error.message);
    }
  }

  #finish(failure?: KafkaFailure): Promise<void> {
    this.#stopped ??= this.#close(failure);
    return this.#stopped;
  }

  async #close(failure: KafkaFailure | undefined): Promise<void> {
    this.#closed = true;
    await within(LEAVE_MS, this.#leave());
    if (failure) this.#end.reject(failure);
    else this.#end.resolve();
  }

  /** An empty group would stay for a while. */
  async #leave(): Promise<void> {
    await this.#consumer.disconnect();
    await withAdmin(this.options.connection, (admin) => admin.deleteGroups([this.#groupId]));
  }
}

interface TopicPartition {
  topic: string;
  partition: number;
  /** Offset of the oldest message. */
  low: number;
  /** Offset after the newest one. */
  high: number;
}

const nameOf = (topic: string, partition: number): string => `${topic}/${partition}`;

async function partitionsOf(
  connection: KafkaConnection,
  topics: readonly string[],
): Promise<TopicPartition[]> {
  return withAdmin(connection, async (admin) => {
    await requireTopics(admin, connection, topics);
    const found: TopicPartition[] = [];
    for (const topic of topics)
      for (const { partition, low, high } of await whenReady(() => admin.fetchTopicOffsets(topic)))
        found.push({ topic, partition, low: Number(low), high: Number(high) });
    return found;
  });
}
