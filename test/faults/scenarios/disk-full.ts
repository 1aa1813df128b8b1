import { setTimeout as delay } from 'node:timers/promises';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { postgresSkipped, smallDiskSkipped, startSmallDisk, type SmallDisk } from '@trprompt/testing';
import { holdHalfway, holdWorker } from '../suite/disturbed-run.js';
import { startFaultMesh, type FaultMesh } from '../suite/fault-mesh.js';
import { Follower, whileFollowed } from '../suite/follow.js';
import { Gates } from '../suite/gates.js';
import { assertSame, outcomeOf } from '../suite/outcome.js';
import { freshDatabase, postgres, startRun } from '../suite/reference.js';
import type { Scenario, ScenarioContext } from '../suite/scenario.js';
import type { Scope } from '../suite/scope.js';
import { assertNothingTorn } from '../suite/store-check.js';
import type { Step } from '../suite/task.js';

const POLL_MS = 50;
const PATIENCE_MS = 60_000;
const ARTEFACTS_MB = 16;
const PGLITE_MB = 160;
const POSTGRES_MB = 160;

const training: Step = { iteration: 1, phase: 'train' };
const rollout: Step = { iteration: 1, phase: 'rollout' };

/** A disk is full while something is written to it, until somebody makes space. */
export const diskFull: Scenario = {
  name: 'disk-full',
  about:
    'no space left while a data set, a checkpoint or an adapter is written, and while committing to PostgreSQL and PGlite',
  skipped: () => smallDiskSkipped() ?? postgresSkipped(),
  run: async (context) => {
    await context.point('while the data set is written', (scope) =>
      artefactsFull(context, scope, async (_mesh, gates) => {
        await gates.reached('entry', training, new AbortController().signal);
        return () => gates.open('entry', training);
      }),
    );
    for (const at of ['loading', 'saving'] as const)
      await context.point(
        `while ${at === 'loading' ? 'checkpoints are' : 'the adapter is'} written`,
        (scope) =>
          artefactsFull(context, scope, async (mesh, gates) => {
            await gates.open('entry', training);
            const held = holdWorker(mesh.worker, at);
            await held.reached;
            return () => Promise.resolve(held.letGo());
          }),
      );
    await context.point('while committing to PostgreSQL', (scope) =>
      databaseFull(context, scope, 'postgres'),
    );
    await context.point('while committing to PGlite', (scope) => databaseFull(context, scope, 'pglite'));
  },
};

/** Brings the run to the point and returns what lets it go on. */
type Bring = (mesh: FaultMesh, gates: Gates) => Promise<() => Promise<void>>;

async function artefactsFull(context: ScenarioContext, scope: Scope, bring: Bring): Promise<void> {
  const disk = smallDisk(scope, ARTEFACTS_MB);
  const server = await postgres(scope);
  const databaseUrl = await freshDatabase(server);
  const mesh = await startFaultMesh(scope, { databaseUrl, folder: disk.folder });
  const gates = await Gates.install(scope, databaseUrl);
  await gates.close('entry', training);
  const { runId, follower } = await startRun(mesh);
  const letGo = await bring(mesh, gates);
  await disk.fill();
  await letGo();
  await untilToldOf(mesh, follower);
  await assertNothingTorn(join(mesh.folder, 'artefacts'));
  await disk.free();
  await goOn(context, mesh, runId, follower);
}

async function databaseFull(
  context: ScenarioContext,
  scope: Scope,
  kind: 'postgres' | 'pglite',
): Promise<void> {
  const reference = await context.reference();
  const disk = smallDisk(scope, kind === 'postgres' ? POSTGRES_MB : PGLITE_MB);
  const folder = join(disk.folder, 'data');
  await mkdir(folder);
  const server =
    kind === 'postgres'
      ? await postgres(scope, { folder, settings: { max_wal_size: '32MB', min_wal_size: '32MB' } })
      : undefined;
  const databaseUrl = server ? await freshDatabase(server) : `pglite://${folder}`;
  const mesh = await startFaultMesh(scope, { databaseUrl });
  const { runId, follower } = await startRun(mesh);
  await follower.until(
    ({ payload }) => payload?.$case === 'phaseStarted' && payload.value.phase === rollout.phase,
  );
  const held = holdHalfway(mesh, reference, rollout);
  await whileFollowed(held.reached, follower.over);
  await disk.fill();
  await held.letGo();
  await untilToldOf(mesh, follower);
  await disk.free();
  // PostgreSQL that cannot write its log ends, and its supervisor starts it again; a coordinator whose PGlite is broken too.
  if (server && !alive(server.pid)) await server.restart();
  const coordinator = mesh.mesh.processes.get('coordinator');
  if (coordinator && !alive(coordinator.pid)) await mesh.restart('coordinator');
  await goOn(context, mesh, runId, follower);
}

function smallDisk(scope: Scope, megabytes: number): SmallDisk {
  const disk = startSmallDisk(megabytes);
  scope.defer(() => disk.remove());
  return disk;
}

/** Waits until a log or the end of the run says that there is no space. @throws Error when nothing says so */
async function untilToldOf({ mesh }: FaultMesh, follower: Follower): Promise<void> {
  const says = /no space (is )?left|ENOSPC/i;
  for (const deadline = Date.now() + PATIENCE_MS; Date.now() < deadline; await delay(POLL_MS)) {
    const last = follower.events.at(-1)?.payload;
    if (last?.$case === 'runEnded') {
      if (says.test(last.value.reason)) return;
      throw new Error(
        `the run ended with a reason that does not name the full disk: ${last.value.reason || last.value.state}`,
      );
    }
    if ([...mesh.processes.values()].some((running) => says.test(running.log()))) return;
  }
  throw new Error(`nothing told of the full disk within ${PATIENCE_MS / 1000} s: ${follower.last()}`);
}

/** Resumes the run if it has failed, and holds its outcome against the undisturbed run's. */
async function goOn(
  context: ScenarioContext,
  { mesh, folder }: FaultMesh,
  runId: string,
  follower: Follower,
): Promise<void> {
  const { outcome } = await context.reference();
  const { coordinator } = mesh;
  let events = await follower.ended;
  const last = events.at(-1)?.payload;
  if (last?.$case === 'runEnded' && last.value.state !== 'succeeded') {
    context.say(`resuming after: ${last.value.reason}`);
    await coordinator.resumeRun({ runId, limits: undefined });
    events = await new Follower(coordinator, runId).ended;
  }
  assertSame(outcome, await outcomeOf(coordinator, runId, events, join(folder, 'artefacts')));
}

function alive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
