import { setTimeout as delay } from 'node:timers/promises';
import { kafkaSkipped, postgresSkipped, startKafka, type KafkaBroker } from '@trprompt/testing';
import { holdHalfway } from '../suite/disturbed-run.js';
import { startFaultMesh, type FaultMesh } from '../suite/fault-mesh.js';
import type { Follower } from '../suite/follow.js';
import { Gates } from '../suite/gates.js';
import { assertSame } from '../suite/outcome.js';
import { finishRun, freshDatabase, postgres, startRun } from '../suite/reference.js';
import type { Scenario, ScenarioContext } from '../suite/scenario.js';
import type { Scope } from '../suite/scope.js';
import type { Step } from '../suite/task.js';
import { assertDelivered, wireEvents } from '../suite/topics.js';

/** How long the broker is away in the scenario of an outage. */
const OUTAGE_MS = 60_000;
const POLL_MS = 10;
const PATIENCE_MS = 90_000;

const early: Step = { iteration: 1, phase: 'rollout' };

/** Statements that mark events as published can be held back by an advisory lock. */
const markGate = `
CREATE FUNCTION faults_mark() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN PERFORM pg_advisory_xact_lock_shared(7703, 1); RETURN NULL; END $$;
CREATE TRIGGER faults_mark BEFORE UPDATE OF published ON events FOR EACH STATEMENT EXECUTE FUNCTION faults_mark();`;

const skipped = (): string | undefined => postgresSkipped() ?? kafkaSkipped();

/** A run whose events go to a broker. */
interface Published {
  mesh: FaultMesh;
  gates: Gates;
  runId: string;
  follower: Follower;
  /** Events that are marked as published. */
  marked: () => Promise<number>;
}

async function startPublishing(
  context: ScenarioContext,
  scope: Scope,
  broker: KafkaBroker,
): Promise<Published> {
  const server = await postgres(scope);
  const databaseUrl = await freshDatabase(server);
  const env = { coordinator: { TRPROMPT_KAFKA_BROKERS: broker.brokers } };
  const mesh = await startFaultMesh(scope, { databaseUrl, env });
  const gates = await Gates.install(scope, databaseUrl);
  await gates.query(markGate);
  await gates.close('entry', early);
  const run = await startRun(mesh);
  await gates.reached('entry', early, run.follower.over);
  const marked = async (): Promise<number> => {
    const [row] = await gates.query<{ count: string }>('SELECT count(*) FROM events WHERE published');
    return Number(row?.count ?? 0);
  };
  context.say('the run has come to its first rollout');
  return { mesh, gates, ...run, marked };
}

/** Waits until every event is published, and holds what lies in the topics against the run. */
async function assertDrained(
  context: ScenarioContext,
  { mesh, gates, runId, follower, marked }: Published,
  broker: KafkaBroker,
): Promise<number> {
  const { outcome } = await context.reference();
  assertSame(outcome, await finishRun(mesh, { runId, follower }));
  const events = await follower.ended;
  await until(async () => (await marked()) === events.length, 'the outbox did not drain');
  const rows = await gates.query<{ sequence: string }>('SELECT sequence FROM events ORDER BY sequence');
  const delivery = assertDelivered(
    await wireEvents(broker.brokers, runId),
    rows.map(({ sequence }) => Number(sequence)),
  );
  context.note(
    `${events.length} events, ${delivery.messages} messages, 0 lost, in order; ${delivery.duplicates} duplicates on the wire, 0 after de-duplication`,
  );
  return delivery.duplicates;
}

/** The broker is away for a minute while the run goes on. */
export const brokerDown: Scenario = {
  name: 'broker-down',
  about: 'the Kafka broker is killed and away for 60 s: the run goes on, then the outbox drains in order',
  skipped,
  run: async (context) => {
    const broker = await brokerOf(context.scope);
    await context.point('down for 60 s from the first rollout on', async (scope) => {
      const published = await startPublishing(context, scope, broker);
      const { gates, follower, marked } = published;
      await broker.kill();
      const downAt = performance.now();
      await gates.open('entry', early);
      const events = await follower.ended;
      const waiting = events.length - (await marked());
      if (waiting === 0) throw new Error('nothing waited in the outbox: the broker was not away');
      await delay(Math.max(0, OUTAGE_MS - (performance.now() - downAt)));
      await broker.restart();
      context.say(`${waiting} events waited for the broker`);
      await assertDrained(context, published, broker);
    });
  },
};

/** The broker is killed while it takes batches. */
export const brokerKilled: Scenario = {
  name: 'broker-killed',
  about:
    'the Kafka broker is killed while it receives, again and again: 0 events lost, 0 duplicates after de-duplication',
  skipped,
  run: async (context) => {
    const kills = context.full ? 6 : 3;
    const broker = await brokerOf(context.scope);
    await context.point(`killed ${kills} times while receiving`, async (scope) => {
      const published = await startPublishing(context, scope, broker);
      const { gates, follower } = published;
      await gates.open('entry', early);
      for (let kill = 0; kill < kills && !follower.over.aborted; kill += 1) {
        // A batch has been stored and its mark is held back; let go, the relay sends the next one, and the broker dies some milliseconds later.
        await holdMark(gates, follower);
        await letMark(gates);
        await delay(2 * kill);
        await broker.kill();
        await broker.restart();
      }
      await assertDrained(context, published, broker);
    });
  },
};

/** The coordinator is killed between the broker's acknowledgement and the mark in the outbox. */
export const commitPublish: Scenario = {
  name: 'commit-publish',
  about:
    'the relay is killed after the broker has stored a batch and before the outbox is marked: duplicates on the wire only',
  skipped,
  run: async (context) => {
    const broker = await brokerOf(context.scope);
    const reference = await context.reference();
    await context.point('killed between commit and mark', async (scope) => {
      const published = await startPublishing(context, scope, broker);
      const { mesh, gates, follower } = published;
      const held = holdHalfway(mesh, reference, early);
      // Held before the step begins: its first event is the last one for a while.
      const marking = holdMark(gates, follower);
      await gates.open('entry', early);
      await Promise.all([marking, held.reached]);
      await mesh.kill('coordinator');
      // What waited for the lock would still mark the batch: its session is ended first, as with its host.
      await gates.query(`SELECT pg_terminate_backend(pid) FROM pg_locks WHERE ${markWaits}`);
      await letMark(gates);
      await held.letGo();
      await mesh.restart('coordinator');
      const duplicates = await assertDrained(context, published, broker);
      if (duplicates === 0) throw new Error('there is no duplicate on the wire: the kill missed its point');
    });
  },
};

const markWaits = `locktype = 'advisory' AND NOT granted AND classid = 7703`;

/** Holds the relay after the broker has stored its next batch and before that is marked. */
async function holdMark(gates: Gates, follower: Follower): Promise<void> {
  await gates.query('SELECT pg_advisory_lock(7703, 1)');
  const waiting = async (): Promise<boolean> =>
    (await gates.query(`SELECT 1 FROM pg_locks WHERE ${markWaits}`)).length > 0;
  await until(async () => (await waiting()) || follower.over.aborted, 'the relay marked nothing');
}

async function letMark(gates: Gates): Promise<void> {
  await gates.query('SELECT pg_advisory_unlock(7703, 1)');
}

async function brokerOf(scope: Scope): Promise<KafkaBroker> {
  const broker = await startKafka();
  scope.defer(() => broker.stop());
  scope.log('kafka', () => broker.log());
  return broker;
}

async function until(holds: () => Promise<boolean>, failure: string): Promise<void> {
  for (const deadline = Date.now() + PATIENCE_MS; !(await holds()); await delay(POLL_MS))
    if (Date.now() > deadline) throw new Error(`${failure} within ${PATIENCE_MS / 1000} s`);
}
