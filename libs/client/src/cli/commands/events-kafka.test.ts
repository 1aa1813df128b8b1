import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ensureTopics, KafkaPublisher, toMessage } from '@trprompt/events';
import { RunEvent } from '@trprompt/proto/events/v1/events';
import { freePort, type KafkaBroker, kafkaSkipped, opensslSkipped, startKafka } from '@trprompt/testing';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { Terminal } from '../../testing/terminal.js';

type Payload = NonNullable<RunEvent['payload']>;

const started: Payload = { $case: 'runStarted', value: { attempt: 1 } };
const decision: Payload = {
  $case: 'search',
  value: {
    event: { $case: 'decision', value: { candidateId: 'c1', step: 1, correct: 3, total: 4, kept: true } },
  },
};
const sample = { $case: 'sampleRecorded', value: { itemId: 'q1', prompt: 'Be brief.' } } as Payload;
const phase: Payload = { $case: 'phaseStarted', value: { iteration: 1, phase: 'rollout', total: 4 } };
const ended: Payload = { $case: 'runEnded', value: { state: 'succeeded', reason: '' } };

const eventsOf = (runId: string, payloads: readonly Payload[], first = 1): RunEvent[] =>
  payloads.map((payload, index) => {
    const sequence = first + index;
    const time = new Date(Date.UTC(2026, 4, 4, 10, 0, sequence)).toISOString();
    return RunEvent.fromPartial({ eventId: `${runId}/${sequence}`, runId, sequence, time, payload });
  });

let folder: string;
let terminal: Terminal;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'trprompt-'));
  terminal = new Terminal(undefined, folder);
});
afterEach(() => rm(folder, { recursive: true }));

describe.skipIf(kafkaSkipped())('trprompt events --kafka', () => {
  let broker: KafkaBroker;
  let publisher: KafkaPublisher;
  beforeAll(async () => {
    broker = await startKafka();
    const connection = { brokers: [broker.brokers] };
    await ensureTopics(connection, { replicationFactor: 1 });
    publisher = KafkaPublisher.connect(connection);
  });
  afterAll(async () => {
    await publisher.close();
    await broker.stop();
  });

  const publish = (events: readonly RunEvent[]): Promise<void> => publisher.publish(events.map(toMessage));
  const ids = (): unknown[] => terminal.json.map(({ id }) => id);
  const seen = async (count: number): Promise<void> => {
    await expect.poll(() => terminal.stdout.lines.length, { timeout: 20_000 }).toBe(count);
  };

  it('gives the events of one run in order across topics, each once, until the run ends', async () => {
    const events = eventsOf('one', [started, decision, phase, sample, decision, decision, phase, ended]);
    await publish(events);
    // As after a crash between publishing and remembering it.
    await publish(events.slice(5));
    await publish(eventsOf('another', [started, ended]));
    expect(await terminal.trprompt('events', 'one', '--kafka', broker.brokers)).toBe(0);
    expect(terminal.stdout.lines.map((line) => line.slice(21, 25).trim())).toEqual([
      '1',
      '2',
      '3',
      '5',
      '6',
      '7',
      '8',
    ]);
    expect(terminal.stdout.lines.at(-1)).toMatch(/run succeeded$/);
  });

  it('goes on past the end of a run that was resumed', async () => {
    const stopped: Payload = { $case: 'runEnded', value: { state: 'stopped', reason: 'limits.calls' } };
    await publish(eventsOf('resumed', [started, stopped, started, ended]));
    expect(
      await terminal.trprompt('events', 'resumed', '--kafka', broker.brokers, '--json', '--since', '1'),
    ).toBe(0);
    expect(ids()).toEqual(['resumed/2', 'resumed/3', 'resumed/4']);
  });

  it('follows a run that is going on, with brokers from the environment', async () => {
    await publish(eventsOf('live', [started]));
    terminal.kafka = { TRPROMPT_KAFKA_BROKERS: broker.brokers };
    const running = terminal.trprompt('events', 'live', '--json');
    await seen(1);
    await publish(eventsOf('live', [decision, ended], 2));
    expect(await running).toBe(0);
    expect(ids()).toEqual(['live/1', 'live/2', 'live/3']);
  });

  it('follows all runs from now on, of the mesh that runs here, until Ctrl-C', async () => {
    await mkdir(join(folder, '.trprompt'));
    const mesh = { coordinator: '127.0.0.1:1', kafka: broker.brokers, services: {} };
    await writeFile(join(folder, '.trprompt', 'mesh.json'), JSON.stringify(mesh));
    const running = terminal.trprompt('events', '--kafka', '--kind', 'runStarted');
    // Until it reads, nothing that comes is shown: runs begin until one is.
    let runs = 0;
    while (terminal.stdout.lines.length === 0) await publish(eventsOf(`new-${(runs += 1)}`, [started]));
    terminal.pressCtrlC();
    expect(await running).toBe(130);
    expect(terminal.stdout.lines[0]).toMatch(/^2026-05-04 10:00:01 {2}new-\d+ {5}1 {2}run started$/);
  });

  it('keeps the place of a group in Kafka', async () => {
    await publish(eventsOf('grouped', [started, phase]));
    const args = ['events', 'grouped', '--kafka', broker.brokers, '--group', 'board', '--json'];
    const first = terminal.trprompt(...args);
    await seen(2);
    terminal.pressCtrlC();
    expect(await first).toBe(130);
    await publish(eventsOf('grouped', [phase, ended], 3));
    const later = terminal;
    terminal = new Terminal(undefined, folder);
    expect(await terminal.trprompt(...args)).toBe(0);
    expect([later.json.length, ids()]).toEqual([2, ['grouped/3', 'grouped/4']]);
  });

  it('says when Kafka has no such run', async () => {
    expect(await terminal.trprompt('events', 'none', '--kafka', broker.brokers)).toBe(1);
    expect(terminal.stderr.text).toContain('has no event of a run "none": give its whole id');
  });
});

describe.skipIf(kafkaSkipped() ?? opensslSkipped())(
  'trprompt events from a broker that asks for TLS and a login',
  () => {
    it('gets in with what the environment says, and is told when that is wrong', async () => {
      const sasl = { username: 'ann', password: 'secret of ann' };
      const broker = await startKafka({ sasl, tls: {} });
      const ca = broker.certificates?.ca ?? '';
      await writeFile(join(folder, 'ca.pem'), ca);
      const connection = {
        brokers: [broker.brokers],
        tls: { ca },
        sasl: { mechanism: 'scram-sha-256' as const, ...sasl },
      };
      await ensureTopics(connection, { replicationFactor: 1 });
      const publisher = KafkaPublisher.connect(connection);
      await publisher.publish(eventsOf('safe', [started, ended]).map(toMessage));
      await publisher.close();
      terminal.kafka = {
        TRPROMPT_KAFKA_BROKERS: broker.brokers,
        TRPROMPT_KAFKA_TLS: '1',
        TRPROMPT_KAFKA_CA_FILE: join(folder, 'ca.pem'),
        TRPROMPT_KAFKA_SASL_MECHANISM: 'scram-sha-256',
        TRPROMPT_KAFKA_USERNAME: 'ann',
        TRPROMPT_KAFKA_PASSWORD: 'secret of ann',
      };
      expect(await terminal.trprompt('events', 'safe')).toBe(0);
      expect(terminal.stdout.lines).toHaveLength(2);
      terminal.kafka.TRPROMPT_KAFKA_PASSWORD = 'guessed';
      expect(await terminal.trprompt('events', 'safe')).toBe(1);
      expect(terminal.stderr.text).toContain('refused the user "ann" (scram-sha-256)');
      expect(terminal.stderr.text).not.toContain('guessed');
      await broker.stop();
    });
  },
);

describe('trprompt events without a broker that can be used', () => {
  it.each([
    [
      ['--kafka'],
      2,
      'give --kafka host:port, set TRPROMPT_KAFKA_BROKERS, or start a mesh with `npm run mesh -- --kafka`',
    ],
    [['--kafka', 'nowhere'], 2, '"nowhere" is no broker: give host:port'],
    [['latest', '--kafka', '127.0.0.1:1'], 2, 'Kafka does not know which run is the latest'],
  ])('%j ends with %i: %s', async (args, code, message) => {
    expect(await terminal.trprompt('events', ...args)).toBe(code);
    expect(terminal.stderr.text).toContain(message);
  });

  it.each([[[]], [['--group', 'board']]])(
    'says that none answers and how to start one, with %j',
    async (args) => {
      const port = await freePort();
      expect(await terminal.trprompt('events', '--kafka', `127.0.0.1:${port}`, ...args)).toBe(3);
      expect(terminal.stderr.text).toContain(`Kafka at 127.0.0.1:${port} cannot be reached`);
      expect(terminal.stderr.text).toContain('`npm run kafka` starts a broker on this machine.');
    },
  );

  it.skipIf(kafkaSkipped())('says when the mesh has published nothing there yet', async () => {
    const broker = await startKafka();
    expect(await terminal.trprompt('events', '--kafka', broker.brokers)).toBe(1);
    expect(terminal.stderr.text).toContain('has no topic trprompt.runs.v1');
    await broker.stop();
  });
});
