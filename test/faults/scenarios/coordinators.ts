import { setTimeout as delay } from 'node:timers/promises';
import { postgresSkipped, type PostgresServer } from '@trprompt/testing';
import { holdHalfway } from '../suite/disturbed-run.js';
import { assertSame } from '../suite/outcome.js';
import { postgres } from '../suite/reference.js';
import type { Scenario, ScenarioContext } from '../suite/scenario.js';
import type { Scope } from '../suite/scope.js';
import { stepName, type Step } from '../suite/task.js';
import { startTwoCoordinators } from '../suite/two-coordinators.js';

const POLL_MS = 20;
const PATIENCE_MS = 30_000;
const HEARTBEAT_SECONDS = 0.4;
/** Long enough that a busy machine's delays do not count. */
const TAKEOVER_HEARTBEAT_SECONDS = 2;

const pausedAt: Step[] = [
  { iteration: 1, phase: 'rollout' },
  { iteration: 1, phase: 'train' },
  { iteration: 1, phase: 'search' },
  { iteration: 0, phase: 'test' },
];

/** Two coordinators, the older one paused past its lease (SIGSTOP) with work in flight, and woken again. */
export const pausedCoordinator: Scenario = {
  name: 'paused-coordinator',
  about:
    'two coordinators, the older one stopped past its lease and woken: none of its stale writes is accepted',
  skipped: postgresSkipped,
  run: async (context) => {
    const server = await postgres(context.scope);
    let rejected = 0;
    for (const step of pausedAt)
      await context.point(`paused in ${stepName(step)}`, async (scope) => {
        rejected += await pauseAndWake(context, scope, server, step, 'middle');
      });
    for (const step of pausedAt.slice(0, context.full ? 3 : 1))
      await context.point(`paused inside the transaction that ends ${stepName(step)}`, async (scope) => {
        rejected += await pauseAndWake(context, scope, server, step, 'commit');
      });
    context.note(`stale commits: ${rejected} tried and rejected, 0 accepted`);
  },
};

/** @returns how many stale commits of the paused coordinator were rejected */
async function pauseAndWake(
  context: ScenarioContext,
  scope: Scope,
  server: PostgresServer,
  step: Step,
  moment: 'middle' | 'commit',
): Promise<number> {
  const reference = await context.reference();
  const two = await startTwoCoordinators(scope, server, HEARTBEAT_SECONDS, [
    { kind: moment === 'middle' ? 'entry' : 'commit', step },
  ]);
  const first = two.mesh.mesh.processes.get('coordinator');
  const ongoing = new AbortController().signal;
  let letGo = (): Promise<void> => two.gates.open('commit', step);
  if (moment === 'commit') await two.gates.reached('commit', step, ongoing);
  else {
    await two.gates.reached('entry', step, ongoing);
    const held = holdHalfway(two.mesh, reference, step);
    letGo = held.letGo;
    await two.gates.open('entry', step);
    await held.reached;
  }
  await two.startSecond();
  first?.kill('SIGSTOP');
  // A process that is stopped cannot end by itself.
  scope.defer(() => first?.kill('SIGCONT'));
  await two.holdRenewals();
  if (moment === 'commit') await letGo();
  await two.untilTakenOver();
  if (moment === 'middle') await letGo();
  first?.kill('SIGCONT');
  const rejected = await eventually(() => two.rejected(), 'the woken coordinator tried no stale commit');
  await two.releaseRenewals();
  assertSame(reference.outcome, await two.finish());
  return rejected;
}

/** A coordinator is killed, another one stands by. */
export const takeover: Scenario = {
  name: 'takeover',
  about: 'kill -9 of a coordinator while another stands by: it takes over within two heartbeat intervals',
  skipped: postgresSkipped,
  run: async (context) => {
    const reference = await context.reference();
    const server = await postgres(context.scope);
    let longest = 0;
    for (const step of pausedAt.slice(0, context.full ? 4 : 2))
      await context.point(`killed in ${stepName(step)}`, async (scope) => {
        const two = await startTwoCoordinators(scope, server, TAKEOVER_HEARTBEAT_SECONDS, [
          { kind: 'entry', step },
        ]);
        await two.gates.reached('entry', step, new AbortController().signal);
        const held = holdHalfway(two.mesh, reference, step);
        await two.gates.open('entry', step);
        await held.reached;
        await two.startSecond();
        await two.mesh.kill('coordinator');
        const began = performance.now();
        await two.untilTakenOver();
        const heartbeats = (performance.now() - began) / 1000 / TAKEOVER_HEARTBEAT_SECONDS;
        longest = Math.max(longest, heartbeats);
        await held.letGo();
        assertSame(reference.outcome, await two.finish());
        if (heartbeats > 2)
          throw new Error(`the takeover took ${heartbeats.toFixed(2)} heartbeat intervals, not 2`);
      });
    context.note(
      `longest takeover: ${longest.toFixed(2)} heartbeat intervals of ${TAKEOVER_HEARTBEAT_SECONDS} s; at most 2`,
    );
  },
};

/** The first count above 0. @throws Error with the text after half a minute */
async function eventually(count: () => Promise<number>, failure: string): Promise<number> {
  for (const deadline = Date.now() + PATIENCE_MS; Date.now() < deadline; await delay(POLL_MS)) {
    const counted = await count();
    if (counted > 0) return counted;
  }
  throw new Error(failure);
}
