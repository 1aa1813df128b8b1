import { setTimeout as delay } from 'node:timers/promises';
import { join } from 'node:path';
import { createClient } from '@trprompt/grpc';
import { CoordinatorServiceService } from '@trprompt/proto/coordinator/v1/coordinator';
import { freePort, type PostgresServer } from '@trprompt/testing';
import { startFaultMesh, type FaultMesh } from './fault-mesh.js';
import { Follower } from './follow.js';
import { Gates, type GateKind } from './gates.js';
import { metricsOf, total } from './metrics.js';
import { outcomeOf, type Outcome } from './outcome.js';
import { freshDatabase, startRun } from './reference.js';
import type { Scope } from './scope.js';
import type { Step } from './task.js';

const POLL_MS = 10;
const PATIENCE_MS = 60_000;

/** Database users of the two coordinators: by them the database tells who wrote a row. */
const FIRST = 'faults_first';
const SECOND = 'faults_second';

/** Tables that only the holder of a run's lease may write. */
const fenced = [
  'items',
  'search_messages',
  'trainings',
  'accuracies',
  'checkpoints',
  'counters',
  'steps',
  'events',
];

/** Every fenced write leaves a row with its user and the lease's epoch; renewals of the first coordinator can be held back by a lock. */
const witness = `
CREATE TABLE faults_writes (at bigserial, who text NOT NULL, epoch bigint, what text NOT NULL);
CREATE FUNCTION faults_witness() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO faults_writes (who, epoch, what)
    SELECT session_user, (SELECT epoch FROM leases WHERE name = 'run/' || NEW.run_id), TG_TABLE_NAME;
  RETURN NULL;
END $$;
${fenced.map((table) => `CREATE TRIGGER faults_witness AFTER INSERT OR UPDATE ON ${table} FOR EACH ROW EXECUTE FUNCTION faults_witness();`).join('\n')}
CREATE FUNCTION faults_renewal() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF session_user = '${FIRST}' THEN PERFORM pg_advisory_xact_lock_shared(7702, 1); END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER faults_renewal BEFORE UPDATE OF expires_at ON leases FOR EACH STATEMENT EXECUTE FUNCTION faults_renewal();`;

/** A run that its first coordinator has begun, and a second coordinator on the same database. */
export interface TwoCoordinators {
  mesh: FaultMesh;
  gates: Gates;
  /** Follows through the second coordinator. */
  follower: Follower;
  /** Starts the second one. */
  startSecond(): Promise<void>;
  /**
   * From now on the first coordinator hears nothing of its renewals. One that was in flight is cut off: its answer would tell the coordinator that the
   * lease is lost, before it tries to write.
   */
  holdRenewals(): Promise<void>;
  releaseRenewals(): Promise<void>;
  /** Resolves when the run's lease is not the first coordinator's any more. @throws Error after a minute */
  untilTakenOver(): Promise<void>;
  /** Commits of the first coordinator that were rejected as stale, as its metrics tell. */
  rejected(): Promise<number>;
  /** Waits for the end of the run; checks who wrote under which epoch. @throws Error when a stale write was accepted */
  finish(): Promise<Outcome>;
}

const rolesMade = new WeakSet<PostgresServer>();

/** Starts a mesh whose coordinator writes as one user, and a run that stops at closed gates. The second coordinator, of another user, is started later. */
export async function startTwoCoordinators(
  scope: Scope,
  server: PostgresServer,
  heartbeatSeconds: number,
  closed: readonly { kind: GateKind; step: Step }[],
): Promise<TwoCoordinators> {
  const url = await freshDatabase(server);
  const as = (user: string): string => url.replace('//trprompt:', `//${user}:`);
  const metricsPort = await freePort();
  const admin = await Gates.connect(scope, url);
  if (!rolesMade.has(server))
    for (const user of [FIRST, SECOND]) await admin.query(`CREATE ROLE ${user} SUPERUSER LOGIN`);
  rolesMade.add(server);
  const heartbeat = { TRPROMPT_HEARTBEAT_SECONDS: String(heartbeatSeconds) };
  const mesh = await startFaultMesh(scope, {
    databaseUrl: as(FIRST),
    env: { coordinator: { ...heartbeat, TRPROMPT_METRICS_PORT: String(metricsPort) } },
  });
  await admin.installTriggers();
  await admin.query(witness);
  for (const { kind, step } of closed) await admin.close(kind, step);
  const { runId } = await startRun(mesh);
  const lease = `run/${runId}`;
  const ownerOf = async (name: string): Promise<string | undefined> => {
    const [row] = await admin.query<{ owner: string }>('SELECT owner FROM leases WHERE name = $1', [name]);
    return row?.owner;
  };
  let firstOwner: string | undefined;
  let follower: Follower | undefined;
  let client: ReturnType<typeof createClient<typeof CoordinatorServiceService>> | undefined;
  return {
    mesh,
    gates: admin,
    get follower() {
      if (!follower) throw new Error('the second coordinator has not been started');
      return follower;
    },
    startSecond: async () => {
      // By its owner and not by its epoch: a coordinator may claim its own lease again when that has run out.
      firstOwner = await ownerOf(lease);
      const metrics = { TRPROMPT_METRICS_PORT: String(await freePort()) };
      const env = { TRPROMPT_DATABASE_URL: as(SECOND), ...heartbeat, ...metrics };
      const second = await mesh.mesh.anotherCoordinator(env);
      scope.log('coordinator-second', () => second.log());
      client = createClient(CoordinatorServiceService, second.announced['address'] ?? '');
      scope.defer(() => client?.close());
      follower = new Follower(client, runId);
    },
    holdRenewals: async () => {
      for (const deadline = Date.now() + PATIENCE_MS; Date.now() < deadline; await delay(POLL_MS)) {
        const [row] = await admin.query<{ held: boolean }>('SELECT pg_try_advisory_lock(7702, 1) AS held');
        if (row?.held) return;
        // It waits for the row that an open transaction has locked.
        await admin.query(
          `SELECT pg_terminate_backend(pid) FROM pg_locks JOIN pg_stat_activity USING (pid)
           WHERE locktype = 'advisory' AND classid = 7702 AND usename = '${FIRST}'`,
        );
      }
      throw new Error('the renewals of the first coordinator could not be held back');
    },
    releaseRenewals: async () => {
      await admin.query('SELECT pg_advisory_unlock(7702, 1)');
    },
    untilTakenOver: async () => {
      for (const deadline = Date.now() + PATIENCE_MS; Date.now() < deadline; await delay(POLL_MS))
        if ((await ownerOf(lease)) !== firstOwner) return;
      throw new Error(`nobody took the lease over within ${PATIENCE_MS / 1000} s`);
    },
    rejected: async () => total(await metricsOf(metricsPort), 'trprompt_stale_commits_rejected_total'),
    finish: async () => {
      if (!follower || !client) throw new Error('the second coordinator has not been started');
      const events = await follower.ended;
      await assertFenced(admin);
      return outcomeOf(client, runId, events, join(mesh.folder, 'artefacts'));
    },
  };
}

/** Each epoch has one writer, and epochs only grow in the order of the writes. @throws Error */
async function assertFenced(gates: Gates): Promise<void> {
  const rows = await gates.query<{ who: string; epoch: string; what: string }>(
    'SELECT who, epoch, what FROM faults_writes WHERE epoch IS NOT NULL ORDER BY at',
  );
  const writers = new Map<string, string>();
  let newest = 0;
  for (const { who, epoch, what } of rows) {
    const writer = writers.get(epoch) ?? who;
    writers.set(epoch, writer);
    if (writer !== who || Number(epoch) < newest)
      throw new Error(
        `a stale write was accepted: ${who} wrote ${what} under epoch ${epoch} of ${writer}, when ${newest} had begun`,
      );
    newest = Number(epoch);
  }
  if (writers.size < 2) throw new Error(`nobody took over: ${rows.length} writes, all under one epoch`);
}
