import { setTimeout as delay } from 'node:timers/promises';
import { postgresSkipped } from '@trprompt/testing';
import { disturbedRun, holdWorker, killAndRestart, type Disturbance } from '../suite/disturbed-run.js';
import type { FaultMesh, ServiceName } from '../suite/fault-mesh.js';
import { postgres } from '../suite/reference.js';
import type { Scenario } from '../suite/scenario.js';
import { CONCURRENCY, ITERATIONS, stepName, type Step } from '../suite/task.js';

const POLL_MS = 5;

const training: Step = { iteration: 1, phase: 'train' };
const answered: Step[] = [
  { iteration: 1, phase: 'rollout' },
  { iteration: 1, phase: 'evaluate_train' },
  { iteration: 0, phase: 'test' },
];

/** What was done and paid for outside, and not yet committed. */
export const sideEffects: Scenario = {
  name: 'side-effect-commit',
  about: 'a crash between a side effect and its commit: answers received, a training done, an adapter made',
  skipped: postgresSkipped,
  run: async (context) => {
    const reference = await context.reference();
    const server = await postgres(context.scope);
    for (const step of answered)
      await context.point(`answers received, not committed, in ${stepName(step)}`, async (scope) => {
        const kill: Disturbance = { step, moment: 'items', act: killAndRestart('coordinator') };
        const { repeated } = await disturbedRun(scope, server, reference, [kill]);
        assertRepeated(repeated);
      });
    await context.point('training done, not committed', async (scope) => {
      let mesh: FaultMesh | undefined;
      const act: Disturbance['act'] = (killed, gates) => {
        mesh = killed;
        return killAndRestart('coordinator')(killed, gates);
      };
      await disturbedRun(scope, server, reference, [{ step: training, moment: 'commit', act }]);
      const launched = mesh?.worker.moments.filter(({ at }) => at === 'loading').length;
      if (launched !== ITERATIONS) throw new Error(`${launched} trainings ran for ${ITERATIONS} iterations`);
    });
    await context.point('adapter made, not told', async (scope) => {
      const act: Disturbance['act'] = (mesh) => {
        const held = holdWorker(mesh.worker, 'saved');
        return Promise.resolve(async () => {
          await held.reached;
          await mesh.kill('trainer');
          held.letGo();
          await mesh.restart('trainer');
        });
      };
      await disturbedRun(scope, server, reference, [{ step: training, moment: 'entry', act }]);
    });
  },
};

/** The services whose death can make a call be made again, and where each has calls in flight. */
const callers: [ServiceName, Step][] = [
  ['coordinator', { iteration: 2, phase: 'rollout' }],
  ['prompt-model', { iteration: 2, phase: 'rollout' }],
  ['target-llm', { iteration: 2, phase: 'rollout' }],
  ['reward-critic', { iteration: 2, phase: 'rollout' }],
  ['textgrad', { iteration: 1, phase: 'search' }],
  ['coordinator', { iteration: 1, phase: 'search' }],
];

/** How many calls a crash makes be paid for again. */
export const repeatedCalls: Scenario = {
  name: 'repeated-calls',
  about: 'calls made again after a kill -9 with as many calls in flight as there can be: at most those',
  skipped: postgresSkipped,
  run: async (context) => {
    const reference = await context.reference();
    const server = await postgres(context.scope);
    let most = 0;
    for (const [service, step] of callers)
      await context.point(`${service} killed in ${stepName(step)}`, async (scope) => {
        const act: Disturbance['act'] = async (mesh, gates) => {
          // A search does not always have as many left to do.
          while (step.phase === 'rollout' && mesh.endpoint.open < CONCURRENCY) await delay(POLL_MS);
          return killAndRestart(service)(mesh, gates);
        };
        const { repeated } = await disturbedRun(scope, server, reference, [{ step, moment: 'middle', act }]);
        most = Math.max(most, repeated);
        assertRepeated(repeated);
      });
    context.note(`calls made again after one crash, at most: ${most}; bound: ${CONCURRENCY} in flight`);
  },
};

function assertRepeated(repeated: number): void {
  if (repeated > CONCURRENCY)
    throw new Error(`${repeated} calls were made again after a crash, with ${CONCURRENCY} in flight at most`);
}
