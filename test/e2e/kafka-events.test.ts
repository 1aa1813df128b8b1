import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { subscribe, type Subscription } from '@trprompt/client';
import { RunEvent } from '@trprompt/proto/events/v1/events';
import { eventKinds, topicOf, topics } from '@trprompt/events';
import { kafkaSkipped, startKafka } from '@trprompt/testing';
import { afterEach, describe, expect, it } from 'vitest';
import { defaultScript } from '../support/default-script.js';
import { startMesh } from '../support/mesh.js';
import { startScriptedOpenAi } from '../support/scripted-openai.js';
import { scriptedTask } from '../support/scripted-task.js';

const command = fileURLToPath(new URL('../../libs/client/dist/cli/main.js', import.meta.url));
const task = scriptedTask(40);
/** The call of the model at which the coordinator is killed: in the second iteration. */
const CRASH_AT = 130;
const config = JSON.stringify({
  name: 'published',
  seed: 3,
  data: { source: 'inline' },
  iterations: 2,
  rollout: { questions: 24, concurrency: 4 },
  critic: { mode: 'verifier' },
  train: { enabled: false },
  search: { steps: 2 },
  events: { samples: true },
});

/** What the `trprompt` command, as it is built, writes. */
async function trprompt(...args: string[]): Promise<string[]> {
  const env = { PATH: process.env.PATH, HOME: process.env.HOME };
  const { stdout } = await promisify(execFile)(process.execPath, [command, ...args], {
    env,
    maxBuffer: 2 ** 26,
  });
  return stdout.trim().split('\n');
}

describe.skipIf(kafkaSkipped())('a run whose events go to a real broker', () => {
  const cleanups: (() => Promise<void>)[] = [];
  afterEach(async () => {
    for (const cleanup of cleanups.splice(0).toReversed()) await cleanup();
  });

  it('is seen there exactly as WatchRun tells it, in order, although the coordinator was killed', async () => {
    const broker = await startKafka();
    cleanups.push(() => broker.stop());
    let reached: () => void = () => undefined;
    const inTheMiddle = new Promise<void>((resolve) => (reached = resolve));
    const script = defaultScript({ golds: task.golds });
    const llm = await startScriptedOpenAi({
      latencyMs: 5,
      script: (request, index) => {
        if (index === CRASH_AT) reached();
        return script(request, index);
      },
    });
    cleanups.push(() => llm.close());
    const env = { coordinator: { TRPROMPT_KAFKA_BROKERS: broker.brokers } };
    const mesh = await startMesh({ baseUrl: llm.baseUrl, env });
    cleanups.push(() => mesh.stop());

    const { run } = await mesh.coordinator.createRun({ requestId: '', config, examples: task.examples });
    const runId = run?.runId ?? '';
    await inTheMiddle;
    await mesh.crash('coordinator');
    await mesh.restart('coordinator');
    const received: { topic: string; event: RunEvent }[] = [];
    const take = (_: unknown, event: RunEvent, { topic }: { topic: string }): void => {
      received.push({ topic, event });
    };
    let subscription: Subscription | undefined;
    // The coordinator that leads the relay creates the topics.
    const subscribed = async (): Promise<boolean> => {
      subscription ??= await subscribe({
        kafka: broker.brokers,
        groupId: 'e2e',
        fromBeginning: true,
        on: Object.fromEntries(eventKinds.map((kind) => [kind, take])),
      }).catch(() => undefined);
      return subscription !== undefined;
    };
    await expect.poll(subscribed, { timeout: 60_000 }).toBe(true);
    cleanups.push(async () => subscription?.stop());

    const watched: RunEvent[] = [];
    const stream = mesh.coordinator.watchRun(
      { runId, afterSequence: 0, includeSamples: true },
      { deadlineMs: 120_000 },
    );
    for await (const { update } of stream) if (update?.$case === 'event') watched.push(update.value);
    expect(watched.map(({ sequence }) => sequence)).toEqual(watched.map((_, index) => index + 1));
    expect(watched.filter(({ payload }) => payload?.$case === 'runStarted')).toHaveLength(2);
    await expect.poll(() => received.length, { timeout: 30_000 }).toBe(watched.length);
    for (const topic of Object.values(topics)) {
      const there = received.filter((each) => each.topic === topic).map(({ event }) => event);
      const expected = watched.filter(({ payload }) => payload && topicOf(payload.$case) === topic);
      expect(expected.length).toBeGreaterThan(5);
      expect(there).toEqual(expected);
    }

    const every = ['events', runId, '--json', '--kind', eventKinds.join(',')];
    const fromKafka = await trprompt(...every, '--kafka', broker.brokers);
    expect(fromKafka).toHaveLength(watched.length);
    expect(fromKafka).toEqual(await trprompt('--address', mesh.addresses.coordinator, ...every));
  }, 180_000);
});
