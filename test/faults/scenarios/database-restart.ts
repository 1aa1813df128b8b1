import { postgresSkipped } from '@trprompt/testing';
import { disturbedRun, type Disturbance, type Moment } from '../suite/disturbed-run.js';
import { postgres } from '../suite/reference.js';
import type { Scenario } from '../suite/scenario.js';
import { stepName, type Step } from '../suite/task.js';
import { stepsFor } from './kill.js';

const moments: readonly Moment[] = ['middle', 'commit', 'committed'];

/** PostgreSQL ends as in a crash, also inside of commits, and comes back with crash recovery. */
export const databaseRestart: Scenario = {
  name: 'database-restart',
  about:
    'PostgreSQL is killed and restarted in the middle of every phase and inside the transactions that end it',
  skipped: postgresSkipped,
  run: async (context) => {
    const reference = await context.reference();
    for (const [turn, moment] of moments.slice(0, context.full ? 3 : 2).entries()) {
      const steps = new Map(stepsFor(turn).map((step) => [`${moment} of ${stepName(step)}`, step]));
      await context.points([...steps.keys()], async (scope, points) => {
        const server = await postgres(scope);
        const disturbances = points.map((point): Disturbance => {
          const step = steps.get(point) as Step;
          return {
            step,
            moment,
            act: async (_mesh, gates) => {
              await server.kill();
              await server.restart();
              await gates.reconnect(moment === 'middle' ? undefined : { kind: moment, step });
            },
          };
        });
        const { repeated } = await disturbedRun(scope, server, reference, disturbances);
        if (repeated > 0)
          throw new Error(`${repeated} calls were made again, though nothing but the database was restarted`);
      });
    }
  },
};
