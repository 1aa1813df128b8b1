import type { KafkaConnection } from '../kafka-connection.js';
import { requireTopics, withAdmin } from '../topics.js';
import { whenReady } from '../when-ready.js';

/** Where to begin in a partition that the group has not read yet. */
export interface Position {
  topic: string;
  partition: number;
  offset: string;
}

/**
 * The present ends of all partitions in which a group has no committed progress. They are to be committed when the group begins: without that, what is
 * published while the group is away or changes hands would be skipped in every partition that had been empty, because "the end" has moved. With
 * `fromBeginning` there are none: the beginning does not move.
 * @throws KafkaFailure when Kafka cannot be reached or has no such topic
 */
export async function firstPositions(
  connection: KafkaConnection,
  groupId: string,
  topics: string[],
  fromBeginning: boolean,
): Promise<Position[]> {
  return withAdmin(connection, async (admin) => {
    await requireTopics(admin, connection, topics);
    if (fromBeginning) return [];
    const positions: Position[] = [];
    for (const { topic, partitions } of await whenReady(() => admin.fetchOffsets({ groupId, topics }))) {
      const untouched = new Set(
        partitions.filter(({ offset }) => offset === '-1').map(({ partition }) => partition),
      );
      if (untouched.size === 0) continue;
      for (const { partition, high } of await whenReady(() => admin.fetchTopicOffsets(topic)))
        if (untouched.has(partition)) positions.push({ topic, partition, offset: high });
    }
    return positions;
  });
}
