import { RunEvent } from '@trprompt/proto/events/v1/events';
import { kafkaSkipped, startKafka, type KafkaBroker } from '@trprompt/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  KafkaPublisher,
  ensureTopics,
  tailEvents,
  toMessage,
  topics,
  type KafkaConnection,
} from './index.js';
import { BRIEF, kafkaOf } from './kafka-connection.js';
import { eventOf, upTo } from './testing/events.js';
import { withAdmin } from './topics.js';

describe.skipIf(kafkaSkipped())('reading along, on a real broker', () => {
  let broker: KafkaBroker;
  let connection: KafkaConnection;
  beforeAll(async () => {
    broker = await startKafka();
    connection = { brokers: [broker.brokers] };
    await ensureTopics(connection, { replicationFactor: 1 });
  });
  afterAll(() => broker.stop());

  async function publish(...events: RunEvent[]): Promise<void> {
    const publisher = KafkaPublisher.connect(connection);
    await publisher.publish(events.map(toMessage));
    await publisher.close();
  }

  it('gives what is kept, knows when that is all, then what comes; and leaves no group behind', async () => {
    await publish(...upTo(20).map((sequence) => eventOf('run-a', sequence)), eventOf('run-b', 1));
    const ids: string[] = [];
    const tail = await tailEvents({
      connection,
      topics: [topics.runs, topics.search],
      fromBeginning: true,
      runId: 'run-a',
      onEvent: ({ eventId }) => ids.push(eventId),
    });
    await tail.caughtUp;
    expect(ids).toEqual(upTo(20).map((sequence) => `run-a/${sequence}`));
    await publish(eventOf('run-b', 2), eventOf('run-a', 21));
    await expect.poll(() => ids.at(-1)).toBe('run-a/21');
    await tail.stop();
    await tail.finished;
    const groups = await withAdmin(connection, async (admin) => (await admin.listGroups()).groups);
    expect(groups.map(({ groupId }) => groupId)).toEqual([]);
  });

  it('begins with what comes next unless told otherwise', async () => {
    await publish(eventOf('run-c', 1));
    const ids: string[] = [];
    const tail = await tailEvents({
      connection,
      topics: [topics.runs],
      onEvent: ({ eventId }) => ids.push(eventId),
    });
    await tail.caughtUp;
    await publish(eventOf('run-c', 2));
    await expect.poll(() => ids).toEqual(['run-c/2']);
    await tail.stop();
  });

  it('passes over what is no event, and says so', async () => {
    const producer = kafkaOf(connection, BRIEF).producer();
    await producer.connect();
    await producer.send({ topic: topics.search, messages: [{ key: 'x', value: 'hello' }] });
    await producer.disconnect();
    const foreign: string[] = [];
    const tail = await tailEvents({
      connection,
      topics: [topics.search],
      fromBeginning: true,
      onEvent: () => undefined,
      onForeign: (reason) => foreign.push(reason),
    });
    await tail.caughtUp;
    expect(foreign).toEqual(['header ce_specversion is "", expected "1.0"']);
    await tail.stop();
  });

  it('goes on after the broker was killed, with nothing lost or repeated', async () => {
    const ids: string[] = [];
    const tail = await tailEvents({
      connection,
      topics: [topics.runs],
      runId: 'run-d',
      onEvent: ({ eventId }) => ids.push(eventId),
    });
    await publish(eventOf('run-d', 1));
    await expect.poll(() => ids).toEqual(['run-d/1']);
    await broker.kill();
    await broker.restart();
    await publish(eventOf('run-d', 2));
    await expect.poll(() => ids, { timeout: 30_000 }).toEqual(['run-d/1', 'run-d/2']);
    await tail.stop();
  }, 60_000);

  it('can be stopped while the broker is away', async () => {
    const tail = await tailEvents({ connection, topics: [topics.runs], onEvent: () => undefined });
    await broker.kill();
    await tail.stop();
    await expect(tail.finished).resolves.toBeUndefined();
    await broker.restart();
  }, 60_000);

  it('says which topic is not there, and when there is no broker', async () => {
    const onEvent = (): void => undefined;
    await expect(tailEvents({ connection, topics: ['none'], onEvent })).rejects.toThrow('has no topic none');
    const nobody = { brokers: ['127.0.0.1:1'] };
    await expect(tailEvents({ connection: nobody, topics: [topics.runs], onEvent })).rejects.toThrow(
      'Kafka at 127.0.0.1:1 cannot be reached',
    );
  });
});
