import { postgresSkipped } from '@trprompt/testing';
import { disturbedRun, killAndRestart, type Moment } from '../suite/disturbed-run.js';
import { serviceNames, type ServiceName } from '../suite/fault-mesh.js';
import { postgres } from '../suite/reference.js';
import type { Scenario, ScenarioContext } from '../suite/scenario.js';
import { CONCURRENCY, phases, stepName, stepsOf, type Step } from '../suite/task.js';

/** The moments at which it makes a difference that this service is killed. */
function momentsOf(service: ServiceName): readonly Moment[] {
  // Whether the transaction stands when its writer dies is the coordinator's matter alone.
  return service === 'coordinator'
    ? ['entry', 'middle', 'commit', 'committed']
    : ['entry', 'middle', 'commit'];
}

/** Every phase once, in one of the two iterations by turns, in the order of the run. */
export function stepsFor(turn: number): Step[] {
  return stepsOf().filter(({ iteration, phase }) => {
    const wanted = 1 + ((phases.indexOf(phase) + turn) % 2);
    return iteration === 0 || iteration === wanted;
  });
}

/** kill -9 of one service at each moment of each phase, seven kills in one run; the service is restarted at its address. */
export const killScenarios: Scenario[] = serviceNames.map((service) => ({
  name: `kill-${service}`,
  about: `kill -9 of ${service} at ${momentsOf(service).join(', ')} of every phase, on PostgreSQL`,
  skipped: postgresSkipped,
  run: (context) => killService(context, service),
}));

async function killService(context: ScenarioContext, service: ServiceName): Promise<void> {
  const reference = await context.reference();
  const server = await postgres(context.scope);
  const most = { repeated: 0, bound: 0 };
  for (const [turn, moment] of momentsOf(service).entries()) {
    for (const shift of context.full ? [0, 1] : [0]) {
      const steps = new Map(stepsFor(turn + shift).map((step) => [`${moment} of ${stepName(step)}`, step]));
      await context.points([...steps.keys()], async (scope, points) => {
        const disturbances = points.map((point) => ({
          step: steps.get(point) as Step,
          moment,
          act: killAndRestart(service),
        }));
        const { repeated, bound } = await disturbedRun(scope, server, reference, disturbances);
        if (repeated > bound)
          throw new Error(`${repeated} calls were made again, at most ${bound} were in flight at the kills`);
        if (repeated >= most.repeated) Object.assign(most, { repeated, bound });
      });
    }
  }
  context.note(
    `calls made again in one run, at most: ${most.repeated}; bound: ${most.bound} (${CONCURRENCY} in flight at each kill in the middle of calls)`,
  );
}
