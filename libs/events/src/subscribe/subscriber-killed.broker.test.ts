import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { kafkaSkipped, startKafka, type KafkaBroker } from '@trprompt/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { KafkaPublisher, ensureTopics, toMessage, topics } from '../index.js';
import { eventOf, upTo } from '../testing/events.js';
import type { SubscriberArguments } from '../testing/subscriber-main.js';

const script = fileURLToPath(new URL('../../dist/testing/subscriber-main.js', import.meta.url));
const notBuilt = existsSync(script) ? undefined : `${script} is missing: run npm run build`;
if (notBuilt !== undefined) process.stderr.write(`Tests of a killed subscriber are skipped: ${notBuilt}\n`);

const RUNS = ['a', 'b', 'c'];
const EVENTS = 60;
const all = RUNS.flatMap((run) => upTo(EVENTS).map((n) => `${run}/${n}`));

describe.skipIf(kafkaSkipped() ?? notBuilt)('a subscriber process that is killed', () => {
  let broker: KafkaBroker;
  let folder: string;
  const children = new Set<ChildProcess>();
  beforeAll(async () => {
    broker = await startKafka();
    folder = await mkdtemp(join(tmpdir(), 'trprompt-subscriber-'));
    const connection = { brokers: [broker.brokers] };
    await ensureTopics(connection, { replicationFactor: 1 });
    const publisher = KafkaPublisher.connect(connection);
    for (const n of upTo(EVENTS)) await publisher.publish(RUNS.map((run) => toMessage(eventOf(run, n))));
    await publisher.close();
  });
  afterAll(async () => {
    for (const child of children) child.kill('SIGKILL');
    await broker.stop();
    await rm(folder, { recursive: true, force: true });
  });

  /** Starts the process; the promise resolves with its signal when it is gone. */
  function run(name: string, more: Partial<SubscriberArguments>, onEvent?: (count: number) => void) {
    const settings: SubscriberArguments = {
      brokers: [broker.brokers],
      groupId: name,
      topics: [topics.runs],
      seenFile: join(folder, `${name}.seen`),
      outFile: join(folder, `${name}.out`),
      ...more,
    };
    const child = spawn(process.execPath, [script, JSON.stringify(settings)], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    children.add(child);
    let count = 0;
    createInterface({ input: child.stdout }).on('line', () => onEvent?.((count += 1)));
    const gone = once(child, 'exit').then(([, signal]) => {
      children.delete(child);
      return signal as NodeJS.Signals | null;
    });
    return { child, gone };
  }

  const handledBy = async (name: string): Promise<string[]> =>
    (await readFile(join(folder, `${name}.out`), 'utf8')).trimEnd().split('\n');

  /** A process that goes on until every event was handled. */
  async function finish(name: string): Promise<void> {
    const { child, gone } = run(name, {});
    await expect
      .poll(async () => new Set(await handledBy(name)).size, { timeout: 40_000, interval: 100 })
      .toBe(all.length);
    child.stdin.end();
    expect(await gone).toBeNull();
  }

  const inOrder = (ids: readonly string[]): void => {
    for (const run of RUNS)
      expect([...new Set(ids)].filter((id) => id.startsWith(`${run}/`))).toEqual(
        upTo(EVENTS).map((n) => `${run}/${n}`),
      );
  };

  it('between remembering an event and committing its progress: nothing is handled twice', async () => {
    for (const dieAfter of [20, 35]) expect(await run('between', { dieAfter }).gone).toBe('SIGKILL');
    await finish('between');
    const ids = await handledBy('between');
    expect(ids).toHaveLength(all.length);
    inOrder(ids);
  }, 90_000);

  it('at any moment: nothing is lost, and at most the event in hand is handled again', async () => {
    const { child, gone } = run('anywhere', {}, (count) => count === 25 && child.kill('SIGKILL'));
    expect(await gone).toBe('SIGKILL');
    const before = (await handledBy('anywhere')).length;
    expect(before).toBeLessThan(all.length);
    await finish('anywhere');
    const ids = await handledBy('anywhere');
    expect(ids.length - new Set(ids).size).toBeLessThanOrEqual(1);
    inOrder(ids);
  }, 90_000);
});
