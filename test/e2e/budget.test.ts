import { Limits, RunState, type RunReport } from '@trprompt/proto/coordinator/v1/coordinator';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { defaultScript } from '../support/default-script.js';
import { startMesh, type Mesh } from '../support/mesh.js';
import { startScriptedOpenAi } from '../support/scripted-openai.js';
import { scriptedTask } from '../support/scripted-task.js';
import { startScriptedWorker } from '../support/scripted-worker.js';

const CONCURRENCY = 8;
/** A question makes three calls; what was paid within one group commit before a crash may not be booked. */
const IN_FLIGHT = 2 * 3 * CONCURRENCY;
const LIMIT = 200;
const task = scriptedTask(60);

const config = JSON.stringify({
  name: 'budget',
  seed: 5,
  data: { source: 'inline' },
  iterations: 2,
  rollout: { questions: 40, concurrency: CONCURRENCY },
  critic: { mode: 'llm' },
  train: { enabled: false },
  search: { steps: 2, initialReward: 'The prompt was not helpful.' },
  limits: { calls: LIMIT },
  prices: { promptModel: { call: 0.001 }, target: { prompt: 2, completion: 4 } },
});

async function follow(mesh: Mesh, runId: string): Promise<RunReport> {
  const stream = mesh.coordinator.watchRun(
    { runId, afterSequence: 0, includeSamples: false },
    { deadlineMs: 60_000 },
  );
  for await (const update of stream) void update;
  const { report } = await mesh.coordinator.getReport({ runId });
  if (!report) throw new Error('no report');
  return report;
}

it('a limit of calls holds over a coordinator that is killed, and the run goes on under a higher one', async () => {
  let crashAt = 90;
  const reached = Promise.withResolvers<void>();
  const script = defaultScript({ golds: task.golds });
  const llm = await startScriptedOpenAi({
    latencyMs: 20,
    script: (request, index) => {
      if (index === crashAt) reached.resolve();
      return script(request, index);
    },
  });
  onTestFinished(() => llm.close());
  const mesh = await startMesh({ baseUrl: llm.baseUrl });
  onTestFinished(() => mesh.stop());

  const { run } = await mesh.coordinator.createRun({ requestId: '', config, examples: task.examples });
  const runId = run?.runId ?? '';
  await reached.promise;
  await mesh.crash('coordinator');
  crashAt = Infinity;
  await mesh.restart('coordinator');
  const stopped = await follow(mesh, runId);
  expect(stopped.run?.state).toBe(RunState.RUN_STATE_STOPPED);
  expect(stopped.run?.reason).toMatch(/^limits.calls is 200 and (19\d|200) are spent: stopped before /);
  const [calls] = stopped.budget;
  expect(calls?.spent).toBeLessThanOrEqual(LIMIT);
  // What a service still keeps of the calls in flight at the crash is booked once more, though it is not made again.
  expect(llm.count).toBeGreaterThanOrEqual(LIMIT - IN_FLIGHT);
  expect(llm.count).toBeLessThanOrEqual(LIMIT + IN_FLIGHT);

  const before = llm.count;
  await mesh.coordinator.resumeRun({
    runId,
    limits: Limits.fromPartial({ calls: 2 * LIMIT }),
  });
  const further = await follow(mesh, runId);
  expect(further.run?.state).toBe(RunState.RUN_STATE_STOPPED);
  expect(llm.count - before).toBeLessThanOrEqual(LIMIT + 3);
  expect(further.provenance['limits.calls']).toMatch(/^200, 400 from attempt \d$/);

  await mesh.coordinator.resumeRun({
    runId,
    limits: Limits.fromPartial({ calls: 0 }),
  });
  const ended = await follow(mesh, runId);
  expect(ended.run?.state).toBe(RunState.RUN_STATE_SUCCEEDED);
  const spent = Object.fromEntries(ended.budget.map(({ name, spent: amount }) => [name, amount]));
  const sum = (pick: (cost: RunReport['costs'][number]) => number): number =>
    ended.costs.reduce((total, cost) => total + pick(cost), 0);
  expect(spent['calls']).toBe(sum(({ usage }) => usage?.calls ?? 0));
  expect(spent['money']).toBeCloseTo(sum(({ money }) => money));
  const roles = ended.costs.flatMap((cost) => cost.roles);
  expect(roles.reduce((total, { usage }) => total + (usage?.calls ?? 0), 0)).toBe(spent['calls']);
  expect(new Set(roles.map(({ role }) => role))).toEqual(
    new Set(['promptModel', 'target', 'critic', 'editor']),
  );
}, 120_000);

it('the money of a run ends its training, which goes on from its checkpoint under a higher limit', async () => {
  const llm = await startScriptedOpenAi({ golds: task.golds });
  onTestFinished(() => llm.close());
  const worker = await startScriptedWorker({ steps: 20, stepMs: 200 });
  onTestFinished(() => worker.close());
  const mesh = await startMesh({
    baseUrl: llm.baseUrl,
    services: ['prompt-model', 'target-llm', 'reward-critic', 'trainer'],
    env: (folder) => ({
      trainer: { ...worker.environment, TRPROMPT_TRAINER_WORK: join(folder, 'training') },
    }),
  });
  onTestFinished(() => mesh.stop());
  const { run } = await mesh.coordinator.createRun({
    requestId: '',
    examples: task.examples,
    config: JSON.stringify({
      name: 'money',
      data: { source: 'inline' },
      iterations: 1,
      rollout: { questions: 8, concurrency: CONCURRENCY },
      critic: { mode: 'verifier' },
      search: { enabled: false },
      evaluate: { baselines: [] },
      // A second of training costs 1 EUR: one and a half seconds.
      prices: { currency: 'EUR', training: { hour: 3600 } },
      limits: { money: 1.5 },
    }),
  });
  const runId = run?.runId ?? '';
  const stopped = await follow(mesh, runId);
  expect(stopped.run?.reason).toMatch(
    /^limits.money is 1.5 EUR and 1\.[5-9]\d* are spent: stopped before the end of the training of iteration 1, whose checkpoint is kept/,
  );
  expect(worker.running).toBe(0);
  await mesh.coordinator.resumeRun({ runId, limits: Limits.fromPartial({ money: 0 }) });
  const ended = await follow(mesh, runId);
  expect(ended.run?.state).toBe(RunState.RUN_STATE_SUCCEEDED);
  const resumedFrom = worker.moments.filter(({ at }) => at === 'loading').map((moment) => moment.resumedFrom);
  expect(resumedFrom).toEqual([0, expect.toSatisfy((step: number) => step > 0 && step < 20)]);
  const training = ended.costs.find(({ phase }) => phase === 'train');
  expect(training?.roles.map(({ role }) => role)).toEqual(['training']);
  expect(training?.money).toBeCloseTo(training?.seconds ?? 0);
}, 120_000);
