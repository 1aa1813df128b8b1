import { setTimeout as delay } from 'node:timers/promises';
import { fullJitterMs } from '@trprompt/core';

/** What a broker says that has just got a topic or a group to look after; it is over soon. kafkajs does not wait for it everywhere. */
const NOT_YET = new Set([
  'GROUP_LOAD_IN_PROGRESS',
  'GROUP_COORDINATOR_NOT_AVAILABLE',
  'NOT_COORDINATOR_FOR_GROUP',
  'LEADER_NOT_AVAILABLE',
  'NOT_LEADER_FOR_PARTITION',
  'UNKNOWN_TOPIC_OR_PARTITION',
]);
const ATTEMPTS = 30;
const PAUSES = { initialDelayMs: 100, maxDelayMs: 1000 };

/** Asks a broker about a group, or a topic that is known to exist, until it is ready to answer; for some 15 s. */
export async function whenReady<T>(ask: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await ask();
    } catch (error) {
      const { type = '' } = error as { type?: string };
      if (!NOT_YET.has(type) || attempt === ATTEMPTS) throw error;
    }
    await delay(fullJitterMs(attempt, PAUSES, Math.random()));
  }
}
