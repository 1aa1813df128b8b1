// A subscriber as a process of its own, for tests that kill it. Its argument is SubscriberArguments as JSON.
import { appendFileSync } from 'node:fs';
import { FileSeenEvents, subscribe, type SeenEvents } from '../index.js';

export interface SubscriberArguments {
  brokers: string[];
  groupId: string;
  topics: string[];
  /** Handled events are remembered here. */
  seenFile: string;
  /** The id of each handled event is appended here. */
  outFile: string;
  /** SIGKILL itself when so many events were remembered, before the progress is committed. */
  dieAfter?: number;
}

const { brokers, groupId, topics, seenFile, outFile, dieAfter } = JSON.parse(
  process.argv[2] ?? '{}',
) as SubscriberArguments;

const file = await FileSeenEvents.open(seenFile);
let remembered = 0;
const seen: SeenEvents = {
  has: (id) => file.has(id),
  add: async (id) => {
    await file.add(id);
    if ((remembered += 1) === dieAfter) process.kill(process.pid, 'SIGKILL');
  },
};
const subscription = await subscribe({
  connection: { brokers },
  ...{ groupId, topics, seen, fromBeginning: true, sessionTimeoutMs: 1500 },
  handle: ({ eventId }) => {
    appendFileSync(outFile, `${eventId}\n`);
    process.stdout.write(`${eventId}\n`);
  },
});
// No orphan of a test that was killed; also how a test ends it.
process.stdin.once('end', () => void subscription.stop());
process.stdin.resume();
await subscription.finished;
await file.close();
process.stdout.write(`${JSON.stringify(subscription.counts)}\n`);
process.exit();
