import type { Consumer, EachMessagePayload } from 'kafkajs';
import { topics as meshTopics } from '../cloud-event.js';
import { PATIENT, kafkaOf } from '../kafka-connection.js';
import { kafkaFailure } from '../kafka-failure.js';
import { DEAD_LETTER_TOPIC } from '../topics.js';
import { within } from '../within.js';
import { DeadLetterTopic, type DeadLetters } from './dead-letters.js';
import { deliver } from './deliver.js';
import { firstPositions, type Position } from './first-positions.js';
import type { SubscribeOptions, Subscription, SubscriptionCounts } from './options.js';
import { MemorySeenEvents, type SeenEvents } from './seen-events.js';

const RETRY = { attempts: 5, initialDelayMs: 200, maxDelayMs: 10_000 };
const SESSION_MS = 10_000;
/** A short wait for new messages makes joining and leaving quick. */
const FETCH_WAIT_MS = 200;
/** A broker that is away must not hold up the end. */
const LEAVE_MS = 5000;

/**
 * Handles the events of the mesh, each at least once and, by `seen`, not again once its handler has ended well. Resolves when the group's progress is
 * known: from then on no event is missed.
 * @throws KafkaFailure when Kafka cannot be reached, refuses, or has no such topic
 */
export async function subscribe(options: SubscribeOptions): Promise<Subscription> {
  const { connection, topics = [meshTopics.runs, meshTopics.search] } = options;
  if (options.groupId === '') throw new TypeError('groupId is empty: name the group of this subscriber');
  // Before kafkajs, which would try for a minute what cannot succeed.
  const { groupId, fromBeginning = false } = options;
  const positions = await firstPositions(connection, groupId, [...topics], fromBeginning);
  const subscription = new KafkaSubscription(options, [...topics]);
  await subscription.start(positions);
  return subscription;
}

class KafkaSubscription implements Subscription {
  readonly counts: SubscriptionCounts = { handled: 0, duplicates: 0, retried: 0, deadLettered: 0 };
  readonly finished: Promise<void>;
  readonly #end: { resolve: () => void; reject: (error: unknown) => void };
  readonly #stopping = new AbortController();
  readonly #consumer: Consumer;
  readonly #deadLetters: DeadLetters;
  readonly #heartbeatMs: number;
  readonly #seen: SeenEvents;
  #closed = false;
  #stopped: Promise<void> | undefined;
  #inHand: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly options: SubscribeOptions,
    private readonly topics: string[],
  ) {
    const { connection, groupId, deadLetterTopic = DEAD_LETTER_TOPIC } = options;
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.finished = promise;
    this.#end = { resolve, reject };
    // A rejection that nobody looks at must not end the process.
    promise.catch(() => undefined);
    const sessionTimeout = options.sessionTimeoutMs ?? SESSION_MS;
    this.#heartbeatMs = sessionTimeout / 5;
    const restartOnFailure = () => Promise.resolve(!this.#stopping.signal.aborted);
    this.#consumer = kafkaOf(connection, PATIENT, () => this.#closed).consumer({
      groupId,
      sessionTimeout,
      heartbeatInterval: this.#heartbeatMs,
      maxWaitTimeInMs: FETCH_WAIT_MS,
      allowAutoTopicCreation: false,
      retry: { ...PATIENT, restartOnFailure },
    });
    this.#seen = options.seen ?? new MemorySeenEvents();
    this.#deadLetters = new DeadLetterTopic(connection, deadLetterTopic, groupId);
  }

  /**
   * Resolves after the first fetch: where to begin is then settled.
   * @param positions where to begin, of partitions in which the group has no progress
   */
  async start(positions: readonly Position[]): Promise<void> {
    const { signal, connection, fromBeginning = false } = this.options;
    const { FETCH, CRASH, GROUP_JOIN } = this.#consumer.events;
    let settled = false;
    const fetched = new Promise<void>((resolve) => {
      this.#consumer.on(FETCH, () => {
        settled = true;
        resolve();
      });
    });
    this.#consumer.on(GROUP_JOIN, ({ payload: { memberAssignment } }) => {
      const mine = positions.filter(({ topic, partition }) => memberAssignment[topic]?.includes(partition));
      // kafkajs commits where it seeks to, at its next fetch.
      if (!settled) for (const position of mine) this.#consumer.seek(position);
    });
    this.#consumer.on(CRASH, ({ payload: { error, restart } }) => {
      if (!restart) void this.#stop(kafkaFailure(error, connection));
    });
    signal?.addEventListener('abort', this.#onAbort, { once: true });
    if (signal?.aborted === true) this.#onAbort();
    try {
      await this.#consumer.connect();
      await this.#consumer.subscribe({ topics: this.topics, fromBeginning });
      await this.#consumer.run({
        autoCommitInterval: 1000,
        autoCommitThreshold: 100,
        eachMessage: (payload) => this.#take(payload),
      });
      await Promise.race([fetched, this.finished]);
    } catch (error) {
      const failure = kafkaFailure(error, connection);
      await this.#stop(failure);
      throw failure;
    }
  }

  stop(): Promise<void> {
    return this.#stop();
  }

  readonly #onAbort = (): void => void this.#stop();

  #take(payload: EachMessagePayload): Promise<void> {
    const taken = this.#deliver(payload);
    this.#inHand = taken.catch(() => undefined);
    return taken;
  }

  /** What this throws leaves the message uncommitted. */
  async #deliver(payload: EachMessagePayload): Promise<void> {
    const { topic, partition, message } = payload;
    const { signal } = this.#stopping;
    signal.throwIfAborted();
    const { runId, handle, onDeadLetter, retry = RETRY } = this.options;
    // A long handler or pause must not look like a dead subscriber. Failures come to light at the next fetch.
    const beat = setInterval(() => void payload.heartbeat().catch(() => undefined), this.#heartbeatMs);
    try {
      await deliver(
        { topic, partition, ...message },
        {
          ...{ runId, handle, onDeadLetter, retry, signal },
          seen: this.#seen,
          deadLetters: this.#deadLetters,
          counts: this.counts,
        },
      );
    } catch (error) {
      if (!signal.aborted) void this.#stop(error);
      throw error;
    } finally {
      clearInterval(beat);
    }
  }

  #stop(failure?: unknown): Promise<void> {
    this.#stopped ??= this.#finish(failure);
    return this.#stopped;
  }

  async #finish(failure: unknown): Promise<void> {
    this.#stopping.abort();
    this.options.signal?.removeEventListener('abort', this.#onAbort);
    await this.#inHand;
    await within(LEAVE_MS, this.#consumer.disconnect());
    this.#closed = true;
    await this.#deadLetters.close();
    if (failure === undefined) this.#end.resolve();
    else this.#end.reject(failure);
  }
}
