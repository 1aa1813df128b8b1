import { freePort, postgresSkipped } from '@trprompt/testing';
import { startFaultMesh, type ServiceName } from '../suite/fault-mesh.js';
import type { CoordinatorClient } from '../suite/follow.js';
import { metricsOf, total } from '../suite/metrics.js';
import { assertSame } from '../suite/outcome.js';
import { faultKinds, faultyProvider, type FaultKind } from '../suite/provider-faults.js';
import { finishRun, freshDatabase, postgres, startRun } from '../suite/reference.js';
import type { Scenario, ScenarioContext } from '../suite/scenario.js';
import type { Scope } from '../suite/scope.js';

const SHARES = [0.05, 0.2, 0.5];

/** Services that call the provider; each has a retry budget of its own. */
const callers = ['prompt-model', 'target-llm', 'reward-critic', 'textgrad'] as const satisfies ServiceName[];

/** The retry budget that the services are given: retries are at most BURST and RATIO of the first attempts. */
const RATIO = 0.2;
const BURST = 20;
const ATTEMPTS = 5;

/** The provider fails at a share of the calls, in six ways. */
export const providerFaults: Scenario = {
  name: 'provider-faults',
  about: `the provider fails at 5, 20 and 50 % of the calls (${faultKinds.join(', ')}): the run completes or stops by its threshold`,
  skipped: postgresSkipped,
  run: async (context) => {
    for (const share of SHARES)
      await context.point(`${100 * share} % of the calls`, (scope) =>
        runWith(context, scope, share, faultKinds),
      );
    if (context.full)
      for (const kind of faultKinds)
        await context.point(`${kind} at 20 % of the calls`, (scope) => runWith(context, scope, 0.2, [kind]));
  },
};

async function runWith(
  context: ScenarioContext,
  scope: Scope,
  share: number,
  kinds: readonly FaultKind[],
): Promise<void> {
  const reference = await context.reference();
  const server = await postgres(scope);
  const ports = new Map<ServiceName, number>();
  for (const name of callers) ports.set(name, await freePort());
  const env = Object.fromEntries(
    callers.map((name) => [
      name,
      {
        TRPROMPT_METRICS_PORT: String(ports.get(name)),
        TRPROMPT_LLM_TIMEOUT_SECONDS: '1',
        TRPROMPT_LLM_ATTEMPTS: String(ATTEMPTS),
        TRPROMPT_LLM_RETRY_RATIO: String(RATIO),
        TRPROMPT_LLM_RETRY_BURST: String(BURST),
      },
    ]),
  );
  const mesh = await startFaultMesh(scope, { databaseUrl: await freshDatabase(server), env });
  const { interfere, faults } = faultyProvider(share, kinds);
  mesh.endpoint.interfere = interfere;
  const run = await startRun(mesh);
  const outcome = await finishRun(mesh, run);
  const { attempts, retries } = await assertWithinBudget(ports);
  const { count } = mesh.endpoint;
  if (attempts !== count) throw new Error(`the services count ${attempts} calls, the provider ${count}`);
  const end = await assertEnd(mesh.mesh.coordinator, run.runId, outcome.state);
  // Without an item given up, faults must not show in the outcome at all.
  if (end === 'succeeded') assertSame(reference.outcome, outcome);
  context.note(
    `${kinds.length === 1 ? `${kinds[0]} at ` : ''}${100 * share} %: ${end}; ${count} calls (${reference.total} undisturbed), ${faults()} failed, ${retries} tried again within the budget`,
  );
}

/** @throws Error when a service made more retries than its budget allows */
async function assertWithinBudget(
  ports: ReadonlyMap<ServiceName, number>,
): Promise<{ attempts: number; retries: number }> {
  const sum = { attempts: 0, retries: 0 };
  for (const [name, port] of ports) {
    const metrics = await metricsOf(port);
    const attempts = total(metrics, 'trprompt_llm_attempts_total');
    const retries = total(metrics, 'trprompt_llm_retries_total', 'allowed="true"');
    const allowed = BURST + RATIO * (attempts - retries);
    if (retries > allowed)
      throw new Error(
        `${name} made ${retries} retries for ${attempts - retries} first attempts; its budget allows ${allowed}`,
      );
    sum.attempts += attempts;
    sum.retries += retries;
  }
  return sum;
}

/** How the run ended. @throws Error when it was neither a success nor the threshold, or when given-up items are not in the report */
async function assertEnd(coordinator: CoordinatorClient, runId: string, state: string): Promise<string> {
  const { report } = await coordinator.getReport({ runId });
  const givenUp = report?.givenUp ?? [];
  const unexplained = givenUp.filter(({ reason }) => reason === '');
  if (unexplained.length > 0)
    throw new Error(`${unexplained.length} given-up items have no reason in the report`);
  if (state === 'RUN_STATE_SUCCEEDED')
    return givenUp.length === 0
      ? 'succeeded'
      : `succeeded with ${givenUp.length} items given up, each with its reason`;
  const reason = report?.run?.reason ?? '';
  if (state !== 'RUN_STATE_FAILED' || !reason.includes('failures.tolerance'))
    throw new Error(`the run ended as ${state}: ${reason}`);
  if (givenUp.length === 0)
    throw new Error('the run stopped by its threshold, but its report has no given-up item');
  return `stopped by its threshold with ${givenUp.length} items given up`;
}
