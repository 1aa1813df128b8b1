import { setTimeout as delay } from 'node:timers/promises';
import { fromMessage, topics } from '@trprompt/events';
import { Kafka, logLevel } from 'kafkajs';

const POLL_MS = 50;
const PATIENCE_MS = 60_000;

/** One message as it lies in a topic. */
export interface WireEvent {
  topic: string;
  id: string;
  sequence: number;
}

/** Everything that the topics hold of a run, in the order of each topic. Reads until the end that each partition has now. */
export async function wireEvents(brokers: string, runId: string): Promise<WireEvent[]> {
  const kafka = new Kafka({ brokers: [brokers], clientId: 'faults', logLevel: logLevel.NOTHING });
  const names = Object.values(topics);
  const admin = kafka.admin();
  await admin.connect();
  const left = new Set<string>();
  try {
    for (const topic of names)
      for (const { partition, high, low } of await admin.fetchTopicOffsets(topic))
        if (Number(high) > Number(low)) left.add(`${topic}/${partition}/${Number(high) - 1}`);
  } finally {
    await admin.disconnect();
  }
  const found: WireEvent[] = [];
  const consumer = kafka.consumer({ groupId: `faults-${runId}-${Date.now()}`, maxWaitTimeInMs: 200 });
  await consumer.connect();
  try {
    await consumer.subscribe({ topics: names, fromBeginning: true });
    await consumer.run({
      eachMessage: ({ topic, partition, message }) => {
        const headers = Object.fromEntries(
          Object.entries(message.headers ?? {}).map(([name, value]) => [name, String(value)]),
        );
        const event = fromMessage({ headers, value: message.value ?? Buffer.alloc(0) });
        if (event.runId === runId) found.push({ topic, id: event.eventId, sequence: event.sequence });
        left.delete(`${topic}/${partition}/${message.offset}`);
        return Promise.resolve();
      },
    });
    for (const deadline = Date.now() + PATIENCE_MS; left.size > 0; await delay(POLL_MS))
      if (Date.now() > deadline)
        throw new Error(`the topics could not be read to their ends: ${left.size} partitions are missing`);
  } finally {
    await consumer.disconnect();
  }
  return found;
}

/** What a consumer that de-duplicates by event id sees. */
export interface Delivery {
  /** Copies beyond the first. */
  duplicates: number;
  /** Messages in all. */
  messages: number;
}

/**
 * Holds the topics against the run's events: every event is there, the first copies are in the order of the run within each topic, and after
 * de-duplication nothing is left over. @throws Error
 */
export function assertDelivered(wire: readonly WireEvent[], sequences: readonly number[]): Delivery {
  const seen = new Set<string>();
  const last = new Map<string, number>();
  const got = new Set<number>();
  for (const { topic, id, sequence } of wire) {
    if (seen.has(id)) continue;
    seen.add(id);
    if (got.has(sequence))
      throw new Error(`sequence ${sequence} has two ids: a duplicate that de-duplication does not find`);
    got.add(sequence);
    const before = last.get(topic) ?? 0;
    if (sequence < before) throw new Error(`${topic} has sequence ${sequence} after ${before}: out of order`);
    last.set(topic, sequence);
  }
  const lost = sequences.filter((sequence) => !got.has(sequence));
  if (lost.length > 0) throw new Error(`${lost.length} events are lost, the first has sequence ${lost[0]}`);
  if (got.size > sequences.length)
    throw new Error(`${got.size - sequences.length} events are in the topics that the run does not have`);
  return { duplicates: wire.length - seen.size, messages: wire.length };
}
