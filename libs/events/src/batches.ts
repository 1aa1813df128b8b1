import type { EventMessage } from './cloud-event.js';
import type { TopicMessages } from './message-sender.js';

/** Most bytes of one send. A broker takes what one send brings for a partition as one batch, and the topics allow batches of 1 MiB. */
const BATCH_BYTES = 512 * 1024;
/** Lengths, offsets and timestamps of a message, generously. */
const OVERHEAD = 200;

/**
 * The sends of these messages: topic by topic in the order of the messages (kafkajs keeps the order within a topic's partition), none larger than a broker
 * takes. A single message that is larger goes alone.
 */
export function batchesOf(messages: readonly EventMessage[]): TopicMessages[] {
  const batches: TopicMessages[] = [];
  for (const [topic, group] of Map.groupBy(messages, (message) => message.topic)) {
    let bytes = Infinity;
    for (const message of group) {
      const size = sizeOf(message);
      bytes += size;
      if (bytes > BATCH_BYTES) {
        batches.push({ topic, messages: [] });
        bytes = size;
      }
      const { key, headers, value } = message;
      batches.at(-1)?.messages.push({ key, headers, value: Buffer.from(value) });
    }
  }
  return batches;
}

function sizeOf({ key, headers, value }: EventMessage): number {
  const texts = [key, ...Object.entries(headers).flat()];
  return texts.reduce((sum, text) => sum + Buffer.byteLength(text), value.byteLength + OVERHEAD);
}
