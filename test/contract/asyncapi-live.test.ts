import { DEAD_LETTER_TOPIC, subscribe, topics } from '@trprompt/events';
import { createClient } from '@trprompt/grpc';
import { CoordinatorServiceService } from '@trprompt/proto/coordinator/v1/coordinator';
import { RunEvent } from '@trprompt/proto/events/v1/events';
import { kafkaSkipped, startKafka, type KafkaBroker } from '@trprompt/testing';
import { Kafka, logLevel } from 'kafkajs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { document, kinds, problemsOf } from '../support/asyncapi.js';
import { startLocalMesh } from '../support/local-mesh.js';
import { startScriptedOpenAi } from '../support/scripted-openai.js';
import { scriptedTask } from '../support/scripted-task.js';

describe.skipIf(kafkaSkipped())('the AsyncAPI document against messages of a real broker', () => {
  const task = scriptedTask(20);
  const config = JSON.stringify({
    name: 'live',
    data: { source: 'inline' },
    iterations: 1,
    rollout: { questions: 5 },
    critic: { mode: 'verifier' },
    train: { enabled: false },
    search: { steps: 1 },
    events: { samples: true },
  });
  const cleanups: (() => Promise<void>)[] = [];
  afterAll(async () => {
    for (const cleanup of cleanups.toReversed()) await cleanup();
  });

  let broker: KafkaBroker;
  beforeAll(async () => {
    broker = await startKafka();
    cleanups.push(() => broker.stop());
  });

  /** Every event of a run, and every message that its coordinator publishes. */
  async function publishedRun(): Promise<{ events: RunEvent[]; messages: LiveMessage[] }> {
    const llm = await startScriptedOpenAi({ golds: task.golds });
    cleanups.push(() => llm.close());
    const mesh = await startLocalMesh(llm.baseUrl, { TRPROMPT_KAFKA_BROKERS: broker.brokers });
    cleanups.push(() => mesh.close());
    const client = createClient(CoordinatorServiceService, mesh.coordinator.address);
    cleanups.push(() => Promise.resolve(client.close()));
    const { run } = await client.createRun({ requestId: '', config, examples: task.examples });
    const events: RunEvent[] = [];
    for await (const { update } of client.watchRun({
      runId: run?.runId ?? '',
      afterSequence: 0,
      includeSamples: true,
    }))
      if (update?.$case === 'event') events.push(update.value);
    return { events, messages: await readMessages(broker.brokers, Object.values(topics), events.length) };
  }

  it('describes each of them: topic, partitions, key, headers, value', async () => {
    const { events, messages } = await publishedRun();
    expect(messages.map(({ value }) => value.eventId).toSorted()).toEqual(
      events.map(({ eventId }) => eventId).toSorted(),
    );
    const seen = new Set<string>();
    for (const { topic, partition, key, headers, value } of messages) {
      const kind = headers['ce_subject'] ?? '';
      seen.add(kind);
      expect(problemsOf(kind, headers, RunEvent.toJSON(value))).toEqual([]);
      const channel = Object.values(document.channels).find(({ address }) => address === topic);
      expect(channel?.messages).toHaveProperty(kind);
      expect(partition).toBeLessThan(channel?.bindings.kafka.partitions ?? 0);
      expect(key).toBe(headers['ce_partitionkey']);
    }
    // Without training there is no adapter, nothing fails here, and nobody reads the test split too early.
    expect(kinds.filter((kind) => !seen.has(kind))).toEqual([
      'adapterTrained',
      'itemGivenUp',
      'testSplitRefused',
    ]);
  }, 60_000);

  it('describes what a subscriber puts aside', async () => {
    const subscription = await subscribe({
      connection: { brokers: [broker.brokers] },
      groupId: 'fails',
      topics: [topics.samples],
      fromBeginning: true,
      retry: { attempts: 1, initialDelayMs: 1, maxDelayMs: 1 },
      handle: () => {
        throw new Error('no place for it');
      },
    });
    await expect.poll(() => subscription.counts.deadLettered, { timeout: 20_000 }).toBe(5);
    await subscription.stop();
    const letters = await readMessages(broker.brokers, [DEAD_LETTER_TOPIC], 5);
    for (const { headers, value } of letters) {
      expect(problemsOf('deadLetter', headers, {})).toEqual([]);
      expect(problemsOf('sampleRecorded', headers, RunEvent.toJSON(value))).toEqual([]);
      const added = Object.keys(headers).filter((name) => name.startsWith('dead_letter_'));
      expect(added.toSorted()).toEqual(
        document.components.messages['deadLetter']?.headers.required.toSorted(),
      );
    }
  }, 60_000);
});

interface LiveMessage {
  topic: string;
  partition: number;
  key: string;
  headers: Record<string, string>;
  value: RunEvent;
}

/** Reads the topics of the document until so many messages came. */
async function readMessages(brokers: string, from: readonly string[], count: number): Promise<LiveMessage[]> {
  const kafka = new Kafka({
    brokers: [brokers],
    logLevel: logLevel.NOTHING,
    retry: { retries: 1000, maxRetryTime: 500 },
  });
  const consumer = kafka.consumer({ groupId: `contract-${from.length}`, maxWaitTimeInMs: 100 });
  await consumer.connect();
  await consumer.subscribe({ topics: [...from], fromBeginning: true });
  const messages: LiveMessage[] = [];
  await new Promise<void>((resolve, reject) => {
    // A broker that has just started may not be ready for groups: kafkajs then begins again by itself.
    consumer.on('consumer.crash', ({ payload }) => !payload.restart && reject(payload.error));
    void consumer
      .run({
        eachMessage: ({ topic, partition, message: { key, headers, value } }) => {
          const texts = Object.entries(headers ?? {}).map(([name, bytes]) => [name, String(bytes)]);
          messages.push({
            topic,
            partition,
            key: String(key),
            headers: Object.fromEntries(texts) as Record<string, string>,
            value: RunEvent.decode(value ?? new Uint8Array()),
          });
          if (messages.length >= count) resolve();
          return Promise.resolve();
        },
      })
      .catch(reject);
  });
  await consumer.disconnect();
  return messages;
}
