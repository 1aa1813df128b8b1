import { randomUUID } from 'node:crypto';
import type { KafkaMessage } from 'kafkajs';
import { BRIEF, kafkaOf, type KafkaConnection } from '../kafka-connection.js';
import { withAdmin } from '../topics.js';
import { whenReady } from '../when-ready.js';

/** A message with the partition it lies in. */
export type StoredMessage = KafkaMessage & { partition: number };

/** Everything that a topic holds now, partition by partition in the order of the log. */
export async function readTopic(connection: KafkaConnection, topic: string): Promise<StoredMessage[]> {
  const ends = await withAdmin(connection, (admin) => whenReady(() => admin.fetchTopicOffsets(topic)));
  const wanted = new Map(
    ends
      .filter(({ low, high }) => Number(high) > Number(low))
      .map(({ partition, high }) => [partition, Number(high)]),
  );
  const found: StoredMessage[] = [];
  if (wanted.size === 0) return found;
  const consumer = kafkaOf(connection, BRIEF).consumer({
    groupId: `read-${randomUUID()}`,
    maxWaitTimeInMs: 100,
  });
  await consumer.connect();
  await consumer.subscribe({ topics: [topic], fromBeginning: true });
  await new Promise<void>((resolve, reject) => {
    // A broker that has just started says that it is not ready for groups yet; kafkajs then begins anew.
    consumer.on('consumer.crash', ({ payload }) => void (payload.restart || reject(payload.error)));
    void consumer
      .run({
        autoCommit: false,
        eachMessage: ({ partition, message }) => {
          found.push({ ...message, partition });
          if (Number(message.offset) + 1 >= (wanted.get(partition) ?? Infinity)) wanted.delete(partition);
          if (wanted.size === 0) resolve();
          return Promise.resolve();
        },
      })
      .catch(reject);
  });
  await consumer.disconnect();
  return found.toSorted((a, b) => a.partition - b.partition || Number(a.offset) - Number(b.offset));
}

/** The header of a message as text. */
export const header = (message: Pick<KafkaMessage, 'headers'>, name: string): string | undefined =>
  message.headers?.[name]?.toString();

/** The event ids of messages, each once, in the order of their first appearance. */
export const distinctIds = (messages: readonly KafkaMessage[]): string[] => [
  ...new Set(messages.map((message) => header(message, 'ce_id') ?? '')),
];
