import { setTimeout as delay } from 'node:timers/promises';
import { kafkaSkipped, startKafka, type KafkaBroker } from '@trprompt/testing';
import type { RunEvent } from '@trprompt/proto/events/v1/events';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  DEAD_LETTER_TOPIC,
  KafkaPublisher,
  ensureTopics,
  subscribe,
  toMessage,
  topics,
  type EventMessage,
  type KafkaConnection,
  type SubscribeOptions,
} from '../index.js';
import { eventOf, upTo } from '../testing/events.js';
import { header, readTopic } from '../testing/read-topic.js';
import { withAdmin } from '../topics.js';

describe.skipIf(kafkaSkipped())('a subscription, on a real broker', () => {
  let broker: KafkaBroker;
  let connection: KafkaConnection;
  let publisher: KafkaPublisher;
  beforeAll(async () => {
    broker = await startKafka();
    connection = { brokers: [broker.brokers] };
    await ensureTopics(connection, { replicationFactor: 1 });
    publisher = KafkaPublisher.connect(connection);
  });
  afterAll(async () => {
    await publisher.close();
    await broker.stop();
  });

  const publish = (runId: string, sequences: readonly number[]) =>
    publisher.publish(sequences.map((sequence) => toMessage(eventOf(runId, sequence))));

  /** A subscriber of one run that notes what it handles. */
  async function noting(runId: string, more: Partial<SubscribeOptions> = {}) {
    const ids: string[] = [];
    const subscription = await subscribe({
      connection,
      groupId: `group-${runId}`,
      runId,
      fromBeginning: true,
      sessionTimeoutMs: 3000,
      handle: (event) => void ids.push(event.eventId),
      ...more,
    });
    return { ids, subscription };
  }

  it('handles events in order, each once though it was published twice', async () => {
    await publish('twice', upTo(30));
    await publish('twice', [29, 30, 31]);
    const { ids, subscription } = await noting('twice');
    await expect.poll(() => ids.at(-1), { timeout: 20_000 }).toBe('twice/31');
    await subscription.stop();
    await subscription.finished;
    expect(ids).toEqual(upTo(31).map((n) => `twice/${n}`));
    expect(subscription.counts).toEqual({ handled: 31, duplicates: 2, retried: 0, deadLettered: 0 });
  });

  it('goes on where its group has stopped, and misses nothing published in between', async () => {
    const first = await noting('resumed', { fromBeginning: false });
    await publish('resumed', [1, 2]);
    await expect.poll(() => first.ids.length, { timeout: 20_000 }).toBe(2);
    await first.subscription.stop();
    await publish('resumed', [3, 4]);
    const second = await noting('resumed', { fromBeginning: false });
    await publish('resumed', [5]);
    await expect.poll(() => second.ids, { timeout: 20_000 }).toEqual(['resumed/3', 'resumed/4', 'resumed/5']);
    await second.subscription.stop();
    expect(second.subscription.counts.duplicates).toBe(0);
  });

  it('misses no run that began while its group was away', async () => {
    const runs = upTo(20).map((n) => `gap-${n}`);
    const gap = { groupId: 'gap', runId: undefined, topics: [topics.runs], fromBeginning: false };
    const first = await noting('gap', gap);
    await first.subscription.stop();
    await publisher.publish(runs.map((run) => toMessage(eventOf(run, 1))));
    const second = await noting('gap', gap);
    await expect.poll(() => second.ids.length, { timeout: 20_000 }).toBe(20);
    await second.subscription.stop();
    expect(second.ids.toSorted()).toEqual(runs.map((run) => `${run}/1`).toSorted());
  });

  it('finishes the event in hand when it is stopped, and leaves the next one to its group', async () => {
    await publish('in-hand', [1, 2]);
    const begun = Promise.withResolvers<void>();
    const release = Promise.withResolvers<void>();
    const handled: string[] = [];
    const handle = async (event: RunEvent): Promise<void> => {
      begun.resolve();
      await release.promise;
      handled.push(event.eventId);
    };
    const stop = new AbortController();
    const { subscription } = await noting('in-hand', { handle, signal: stop.signal });
    await begun.promise;
    stop.abort();
    release.resolve();
    await subscription.finished;
    expect(handled).toEqual(['in-hand/1']);
    const next = await noting('in-hand');
    await expect.poll(() => next.ids, { timeout: 20_000 }).toEqual(['in-hand/2']);
    await next.subscription.stop();
  });

  it('tries a failing handler again, then puts the message aside as it was', async () => {
    await publish('failing', [1, 2, 3]);
    const calls: string[] = [];
    const { subscription } = await noting('failing', {
      retry: { attempts: 3, initialDelayMs: 1, maxDelayMs: 5 },
      handle: (event, { attempt }) => {
        calls.push(`${event.sequence}#${attempt}`);
        if (event.sequence === 2) throw new Error('two is too many');
      },
    });
    await expect.poll(() => calls.at(-1), { timeout: 20_000 }).toBe('3#1');
    await subscription.stop();
    expect(calls).toEqual(['1#1', '2#1', '2#2', '2#3', '3#1']);
    expect(subscription.counts).toEqual({ handled: 2, duplicates: 0, retried: 2, deadLettered: 1 });

    const original = toMessage(eventOf('failing', 2));
    const letters = (await readTopic(connection, DEAD_LETTER_TOPIC)).filter(
      ({ key }) => key?.toString() === 'failing',
    );
    expect(letters).toHaveLength(1);
    const headers = Object.fromEntries(
      Object.entries(letters[0]?.headers ?? {}).map(([name, value]) => [name, String(value)]),
    );
    expect(headers).toMatchObject({
      ...original.headers,
      dead_letter_topic: topics.runs,
      dead_letter_attempts: '3',
      dead_letter_reason: 'two is too many',
      dead_letter_group: 'group-failing',
    });
    expect(headers['dead_letter_offset']).toMatch(/^\d+$/);
    expect(headers['dead_letter_partition']).toMatch(/^[0-5]$/);
    expect(Buffer.from(original.value).equals(letters[0]?.value ?? Buffer.alloc(0))).toBe(true);
  });

  it('puts messages that are no events aside, in a topic of its own making, and goes on', async () => {
    const good = toMessage(eventOf('odd', 1));
    const bad: EventMessage[] = [
      { ...good, headers: { ...good.headers, ce_type: 'other.Message' } },
      { ...good, value: new Uint8Array([255, 255, 255]) },
    ];
    await publisher.publish([...bad, good]);
    const told: string[] = [];
    const { ids, subscription } = await noting('odd', {
      deadLetterTopic: 'odd.dead',
      onDeadLetter: ({ reason }) => void told.push(reason),
    });
    await expect.poll(() => ids, { timeout: 20_000 }).toEqual(['odd/1']);
    await subscription.stop();
    expect(told).toEqual([expect.stringMatching(/header ce_type/), expect.stringMatching(/no RunEvent/)]);
    const letters = await readTopic(connection, 'odd.dead');
    expect(letters.map((letter) => header(letter, 'dead_letter_attempts'))).toEqual(['0', '0']);
    expect(letters[1]?.value).toEqual(Buffer.from([255, 255, 255]));
  });

  it('shares the runs of a topic within its group', async () => {
    const runs = upTo(12).map((n) => `shared-${n}`);
    const handled: string[][] = [[], []];
    const both = await Promise.all(
      handled.map((ids) =>
        subscribe({
          ...{ connection, groupId: 'sharing', topics: [topics.runs], sessionTimeoutMs: 3000 },
          handle: (event) => void ids.push(event.eventId),
        }),
      ),
    );
    const shares = await withAdmin(
      connection,
      async (admin) => (await admin.describeGroups(['sharing'])).groups,
    );
    expect(shares[0]?.members.length).toBe(2);
    await publisher.publish(runs.map((run) => toMessage(eventOf(run, 1))));
    await expect.poll(() => handled.flat().length, { timeout: 20_000 }).toBe(12);
    await Promise.all(both.map((subscription) => subscription.stop()));
    expect(handled.flat().toSorted()).toEqual(runs.map((run) => `${run}/1`).toSorted());
  });

  it('ends with what is wrong when it cannot remember', async () => {
    await publish('forgetful', [1]);
    const { subscription } = await noting('forgetful', {
      seen: {
        has: () => Promise.resolve(false),
        add: () => Promise.reject(new Error('no space left')),
      },
    });
    await expect(subscription.finished).rejects.toThrow('no space left');
    const next = await noting('forgetful');
    await expect.poll(() => next.ids, { timeout: 20_000 }).toEqual(['forgetful/1']);
    await next.subscription.stop();
  });

  it('keeps its place in the group while a handler takes longer than a session', async () => {
    await publish('slow', [1, 2]);
    const { ids, subscription } = await noting('slow', {
      sessionTimeoutMs: 1000,
      handle: async (event) => {
        if (event.sequence === 1) await delay(2500);
        ids.push(event.eventId);
      },
    });
    await expect.poll(() => ids.length, { timeout: 20_000 }).toBe(2);
    await subscription.stop();
    expect(ids).toEqual(['slow/1', 'slow/2']);
    expect(subscription.counts.duplicates).toBe(0);
  });

  it('says at once which topic is missing, and that no broker is there', async () => {
    const missing = subscribe({ connection, groupId: 'g', topics: ['nowhere'], handle: () => undefined });
    await expect(missing).rejects.toThrow(/has no topic nowhere: a coordinator that publishes there/);
    const away = subscribe({
      connection: { brokers: ['127.0.0.1:1'] },
      groupId: 'g',
      handle: () => undefined,
    });
    await expect(away).rejects.toThrow(/127\.0\.0\.1:1 cannot be reached/);
  });

  it('waits with a dead letter for a broker that is away', async () => {
    await publish('late-letter', [1]);
    let restarted = Promise.resolve();
    const { subscription } = await noting('late-letter', {
      retry: { attempts: 1, initialDelayMs: 1, maxDelayMs: 1 },
      handle: async () => {
        await broker.kill();
        restarted = broker.restart();
        throw new Error('the broker is gone');
      },
    });
    await expect.poll(() => subscription.counts.deadLettered, { timeout: 60_000 }).toBe(1);
    await restarted;
    await subscription.stop();
    const letters = await readTopic(connection, DEAD_LETTER_TOPIC);
    expect(letters.map((letter) => header(letter, 'ce_id'))).toContain('late-letter/1');
    expect(subscription.counts.handled).toBe(0);
  }, 90_000);

  it('outlives a broker that is killed, and can be stopped while it is away', async () => {
    await publish('outage', [1, 2]);
    const survivor = await noting('outage');
    const stopped = await noting('outage-2');
    await expect.poll(() => survivor.ids.length, { timeout: 20_000 }).toBe(2);
    await broker.kill();
    await stopped.subscription.stop();
    await stopped.subscription.finished;
    await broker.restart();
    await expect
      .poll(
        () =>
          publish('outage', [2, 3]).then(
            () => true,
            () => false,
          ),
        { timeout: 20_000 },
      )
      .toBe(true);
    await expect.poll(() => survivor.ids, { timeout: 30_000 }).toEqual(['outage/1', 'outage/2', 'outage/3']);
    await survivor.subscription.stop();
  }, 90_000);
});
