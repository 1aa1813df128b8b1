import kafkajs, { type Admin } from 'kafkajs';
import { topics } from './cloud-event.js';
import { BRIEF, kafkaOf, type KafkaConnection } from './kafka-connection.js';
import { KafkaFailure, kafkaFailure } from './kafka-failure.js';
import { whenReady } from './when-ready.js';

/** Where a subscriber puts what it cannot handle, unless it names another topic. */
export const DEAD_LETTER_TOPIC = 'trprompt.dead-letter.v1';

/** How a topic is created. */
export interface TopicSettings {
  /** Runs are spread over them by key; more cannot be added later without moving runs. */
  partitions: number;
  /** How long messages are kept. Milliseconds. */
  retentionMs: number;
  /** Largest message. Bytes. */
  maxMessageBytes: number;
}

const DAY_MS = 86_400_000;
const MIB = 1_048_576;

/** The topics of the mesh. An event with texts may be larger than Kafka's default of 1 MiB. Samples are the bulk and are kept for a week; a dead letter has more headers than what it was made of. */
export const topicSettings: Readonly<Record<string, TopicSettings>> = {
  [topics.runs]: { partitions: 6, retentionMs: 30 * DAY_MS, maxMessageBytes: 4 * MIB },
  [topics.search]: { partitions: 6, retentionMs: 30 * DAY_MS, maxMessageBytes: 4 * MIB },
  [topics.samples]: { partitions: 6, retentionMs: 7 * DAY_MS, maxMessageBytes: 4 * MIB },
  [DEAD_LETTER_TOPIC]: { partitions: 1, retentionMs: 90 * DAY_MS, maxMessageBytes: 5 * MIB },
};

export interface EnsureTopicsOptions {
  /** Copies of each partition, at most the number of brokers. With three or more, two have to be in sync for a message to be accepted. */
  replicationFactor: number;
  /** Default: those of topicSettings. */
  topics?: Readonly<Record<string, TopicSettings>>;
  /** Told of each topic that exists with other settings; it is left as it is. */
  onDifference?: (text: string) => void;
}

/**
 * Creates the topics that are missing, and waits until they can be used. Several processes may do so at once.
 * @throws KafkaFailure when Kafka cannot be reached or refuses
 */
export async function ensureTopics(connection: KafkaConnection, options: EnsureTopicsOptions): Promise<void> {
  const { replicationFactor, topics: wanted = topicSettings, onDifference } = options;
  await withAdmin(connection, async (admin) => {
    const existing = new Set(await admin.listTopics());
    const missing = Object.entries(wanted).filter(([topic]) => !existing.has(topic));
    if (missing.length > 0) await create(admin, missing, replicationFactor);
    const others = Object.keys(wanted).filter((topic) => existing.has(topic));
    if (onDifference === undefined || others.length === 0) return;
    for (const text of await differences(admin, others, wanted)) onDifference(text);
  });
}

/** Runs `act` with a connected admin client. Throws KafkaFailure. */
export async function withAdmin<T>(
  connection: KafkaConnection,
  act: (admin: Admin) => Promise<T>,
): Promise<T> {
  const admin = kafkaOf(connection, BRIEF).admin();
  try {
    await admin.connect();
    return await act(admin);
  } catch (error) {
    throw kafkaFailure(error, connection);
  } finally {
    await admin.disconnect().catch(() => undefined);
  }
}

/** Throws KafkaFailure when a topic is not there. */
export async function requireTopics(
  admin: Admin,
  { brokers }: KafkaConnection,
  names: readonly string[],
): Promise<void> {
  const existing = new Set(await admin.listTopics());
  const missing = names.filter((topic) => !existing.has(topic));
  if (missing.length === 0) return;
  throw new KafkaFailure(
    `Kafka at ${brokers.join(',')} has no topic ${missing.join(', ')}: a coordinator that publishes there (TRPROMPT_KAFKA_BROKERS) creates its topics when it starts.`,
    true,
  );
}

async function create(
  admin: Admin,
  missing: readonly [string, TopicSettings][],
  replicationFactor: number,
): Promise<void> {
  await admin.createTopics({
    topics: missing.map(([topic, { partitions, retentionMs, maxMessageBytes }]) => ({
      topic,
      numPartitions: partitions,
      replicationFactor,
      configEntries: [
        { name: 'cleanup.policy', value: 'delete' },
        { name: 'retention.ms', value: String(retentionMs) },
        { name: 'max.message.bytes', value: String(maxMessageBytes) },
        { name: 'min.insync.replicas', value: replicationFactor >= 3 ? '2' : '1' },
      ],
    })),
  });
  // A broker says that a topic exists before it can serve it.
  for (const [topic] of missing) await whenReady(() => admin.fetchTopicOffsets(topic));
}

async function differences(
  admin: Admin,
  names: string[],
  wanted: Readonly<Record<string, TopicSettings>>,
): Promise<string[]> {
  const { topics: metadata } = await admin.fetchTopicMetadata({ topics: names });
  const { resources } = await admin.describeConfigs({
    includeSynonyms: false,
    resources: names.map((name) => ({
      // kafkajs is CommonJS: of its names Node sees but a few, and this is none of them.
      type: kafkajs.ConfigResourceTypes.TOPIC,
      name,
      configNames: ['retention.ms'],
    })),
  });
  return names.flatMap((name) => {
    const settings = wanted[name];
    const partitions = metadata.find((topic) => topic.name === name)?.partitions.length;
    const retention = resources
      .find(({ resourceName }) => resourceName === name)
      ?.configEntries.find(({ configName }) => configName === 'retention.ms')?.configValue;
    const found = [
      ['partitions', String(partitions), String(settings?.partitions)],
      ['retention.ms', retention ?? 'unknown', String(settings?.retentionMs)],
    ] as const;
    return found
      .filter(([, is, should]) => is !== should)
      .map(
        ([what, is, should]) => `topic ${name} has ${what} ${is} instead of ${should}; it is left as it is`,
      );
  });
}
