import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  FakeCheckout,
  isAlive,
  leftOf,
  serviceNames,
  type Launch,
  type StartRecord,
} from './fake-checkout.js';

let checkout: FakeCheckout;

beforeEach(() => {
  checkout = new FakeCheckout();
});
afterEach(() => checkout.close());

const started = (name: string): StartRecord[] => checkout.starts().filter((start) => start.name === name);
const allPids = (): number[] => checkout.starts().flatMap(({ pid, childPid }) => [pid, childPid]);
const withPrograms = (): Record<string, string> => ({ PATH: `${checkout.programs()}:/usr/bin:/bin` });

async function keptUp(env: Record<string, string> = withPrograms()): Promise<Launch> {
  const launch = checkout.launch(['--keep-up', '--kafka'], env);
  await launch.says('The mesh is up');
  return launch;
}

describe('npm start -- --kafka', () => {
  it('starts a broker before the coordinator, tells it where, and says how to follow the events', async () => {
    const launch = checkout.launch(['--kafka'], withPrograms());
    expect({ code: await launch.ended, output: launch.output() }).toMatchObject({ code: 0 });
    const names = checkout.starts().map(({ name }) => name);
    expect(names.toSorted()).toEqual(['kafka', ...serviceNames].toSorted());
    expect(names.at(-1)).toBe('coordinator');
    const [broker] = started('kafka');
    expect(broker?.args).toEqual([
      ...['--port', '0'],
      ...['--data', join(checkout.root, '.trprompt/state/kafka')],
      '--exit-with-parent',
    ]);
    expect(started('coordinator')[0]?.env.TRPROMPT_KAFKA_BROKERS).toMatch(/^127\.0\.0\.1:\d+$/);
    expect(launch.output()).toContain('npm run trprompt -- events --kafka');
    expect(await leftOf(allPids(), 2)).toEqual([]);
  });

  it('names the broker in mesh.json, apart from the gRPC services', async () => {
    await keptUp();
    const mesh = JSON.parse(checkout.read('.trprompt/mesh.json')) as { kafka: string; services: object };
    expect(mesh.kafka).toBe(started('coordinator')[0]?.env.TRPROMPT_KAFKA_BROKERS);
    expect(Object.keys(mesh.services)).not.toContain('kafka');
  });

  it('stops the coordinator first and the broker last', async () => {
    const launch = await keptUp();
    launch.process.kill('SIGINT');
    expect(await launch.ended).toBe(130);
    expect(checkout.ends()[0]).toBe('coordinator');
    expect(checkout.ends().at(-1)).toBe('kafka');
    expect(checkout.ends()).toHaveLength(8);
    expect(await leftOf(allPids(), 2)).toEqual([]);
  });

  it('starts a broker that died again on its port, and nothing else', async () => {
    const launch = await keptUp();
    process.kill(started('kafka')[0]?.pid ?? 0, 'SIGKILL');
    await launch.says(/kafka ended unexpectedly \(SIGKILL\); starting it again \(1 of 5\)/);
    await expect.poll(() => started('kafka').length, { timeout: 10_000 }).toBe(2);
    const port = started('coordinator')[0]?.env.TRPROMPT_KAFKA_BROKERS?.split(':').at(-1);
    expect(started('kafka')[1]?.args?.slice(0, 2)).toEqual(['--port', port]);
    expect(started('coordinator')).toHaveLength(1);
  });

  it('goes on without a broker that cannot be kept up', { timeout: 60_000 }, async () => {
    const launch = await keptUp();
    checkout.write('crash.kafka', '');
    process.kill(started('kafka')[0]?.pid ?? 0, 'SIGKILL');
    await launch.says(
      /kafka ended 6 times in a row .*the data folder is damaged.*\nThe mesh goes on without it/,
    );
    expect(isAlive(started('coordinator')[0]?.pid ?? 0)).toBe(true);
  });

  it('leaves no broker behind when the launcher is killed', async () => {
    const launch = await keptUp();
    launch.process.kill('SIGKILL');
    expect(await leftOf(allPids(), 10)).toEqual([]);
  });
});

describe('without what Kafka needs', () => {
  it.each([
    [
      { java: false },
      /^Kafka needs Java 17 or newer and there is none on the PATH: install a JRE and run the command again\.\n$/,
    ],
    [
      { maven: false },
      /\nKafka is fetched by Maven, and there is no mvn on the PATH: install Maven and run the command again\.\n$/,
    ],
  ])('%j: one sentence says what to install, and nothing is started', async (missing, sentence) => {
    const launch = checkout.launch(['--kafka'], { PATH: checkout.programs(missing) });
    expect(await launch.ended).toBe(1);
    expect(launch.output()).toMatch(sentence);
    expect(checkout.starts()).toEqual([]);
  });
});

describe('without --kafka', () => {
  it('no broker is started; the coordinator publishes where the environment says', async () => {
    const env = { TRPROMPT_KAFKA_BROKERS: 'events.example:9093', TRPROMPT_KAFKA_TLS: '1' };
    const launch = checkout.launch([], env);
    expect({ code: await launch.ended, output: launch.output() }).toMatchObject({ code: 0 });
    expect(started('kafka')).toEqual([]);
    expect(started('coordinator')[0]?.env).toMatchObject(env);
    expect(started('target-llm')[0]?.env).not.toHaveProperty('TRPROMPT_KAFKA_BROKERS');
  });
});
