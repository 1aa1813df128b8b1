import { topicSettings } from '../topics.js';

/** Version of the Kafka bindings of AsyncAPI. */
export const bindingVersion = '0.5.0';

/** How a topic is created. */
export function channelBindings(topic: string): object {
  const settings = topicSettings[topic];
  if (!settings) throw new Error(`topicSettings has no ${topic}`);
  const { partitions, retentionMs, maxMessageBytes } = settings;
  return {
    kafka: {
      partitions,
      topicConfiguration: {
        'cleanup.policy': ['delete'],
        'retention.ms': retentionMs,
        'max.message.bytes': maxMessageBytes,
      },
      bindingVersion,
    },
  };
}

/** Messages of a channel, as an operation refers to them. */
export function references(channel: string, messages: readonly string[]): object[] {
  return messages.map((message) => ({ $ref: `#/channels/${channel}/messages/${message}` }));
}
