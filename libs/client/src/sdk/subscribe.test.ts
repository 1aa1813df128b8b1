import { ensureTopics, KafkaPublisher, toMessage } from '@trprompt/events';
import { RunEvent } from '@trprompt/proto/events/v1/events';
import { type KafkaBroker, kafkaSkipped, startKafka } from '@trprompt/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { subscribe } from '../index.js';

type Payload = NonNullable<RunEvent['payload']>;

const event = (sequence: number, payload: Payload): RunEvent =>
  RunEvent.fromPartial({ eventId: `run/${sequence}`, runId: 'run', sequence, payload });
const started = event(1, { $case: 'runStarted', value: { attempt: 1 } });
const broken = event(2, { $case: 'phaseStarted', value: { iteration: 1, phase: 'rollout', total: 4 } });
const ended = event(3, { $case: 'runEnded', value: { state: 'succeeded', reason: '' } });

it('refuses a subscription that handles nothing', () => {
  expect(() => subscribe({ kafka: '127.0.0.1:1', groupId: 'none', on: {} })).toThrow('`on` has no handler');
});

describe.skipIf(kafkaSkipped())('a subscriber', () => {
  let broker: KafkaBroker;
  beforeAll(async () => {
    broker = await startKafka();
    const connection = { brokers: [broker.brokers] };
    await ensureTopics(connection, { replicationFactor: 1 });
    const publisher = KafkaPublisher.connect(connection);
    await publisher.publish([started, started, broken, ended].map(toMessage));
    await publisher.close();
  });
  afterAll(() => broker.stop());

  it('hands each event once to the handler of its kind, again when that fails, and puts aside what stays broken', async () => {
    const log: string[] = [];
    const letters: string[] = [];
    let failures = 0;
    const subscription = await subscribe({
      kafka: broker.brokers,
      groupId: 'board',
      fromBeginning: true,
      retry: { attempts: 3, initialDelayMs: 1, maxDelayMs: 1 },
      on: {
        runStarted: ({ attempt }, { runId }) => void log.push(`${runId} started, attempt ${attempt}`),
        phaseStarted: ({ phase }) => {
          failures += 1;
          throw new Error(`no place for ${phase}`);
        },
        runEnded: ({ state }, { sequence }, { topic }) => void log.push(`${sequence} ${state} ${topic}`),
      },
      onDeadLetter: ({ reason }) => letters.push(reason),
    });
    await expect.poll(() => log).toEqual(['run started, attempt 1', '3 succeeded trprompt.runs.v1']);
    await subscription.stop();
    await subscription.finished;
    expect(failures).toBe(3);
    expect(letters).toEqual(['no place for rollout']);
    expect(subscription.counts).toEqual({ handled: 2, duplicates: 1, retried: 2, deadLettered: 1 });
  });

  it('goes on where its group has stopped', async () => {
    const ids: string[] = [];
    const subscription = await subscribe({
      kafka: { brokers: [broker.brokers] },
      groupId: 'board',
      fromBeginning: true,
      on: { runEnded: (_, { eventId }) => void ids.push(eventId) },
    });
    const publisher = KafkaPublisher.connect({ brokers: [broker.brokers] });
    await publisher.publish([
      toMessage(event(4, { $case: 'runEnded', value: { state: 'stopped', reason: '' } })),
    ]);
    await publisher.close();
    await expect.poll(() => ids).toEqual(['run/4']);
    await subscription.stop();
  });
});
