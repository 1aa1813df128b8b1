import { status } from '@grpc/grpc-js';
import {
  CoordinatorServiceService as rpc,
  CreateRunRequest,
  ResumeRunRequest,
  RunState,
  WatchRunRequest,
  type Limits,
  type Run,
  type RunReport,
} from '@trprompt/proto/coordinator/v1/coordinator';
import type { RunEvent } from '@trprompt/proto/events/v1/events';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startLocalMesh, type LocalMesh } from '../support/local-mesh.js';
import { RawClient } from '../support/raw-client.js';
import { startScriptedOpenAi, type ScriptedOpenAi } from '../support/scripted-openai.js';
import { scriptedTask, smallRun } from '../support/scripted-task.js';

const task = scriptedTask(20);

const settings = {
  name: 'budget',
  ...smallRun,
};

describe('the budget of a run', () => {
  let llm: ScriptedOpenAi;
  let mesh: LocalMesh;
  let client: RawClient;

  beforeAll(async () => {
    llm = await startScriptedOpenAi({ golds: task.golds });
    mesh = await startLocalMesh(llm.baseUrl);
    client = new RawClient(mesh.coordinator.address);
  });

  afterAll(async () => {
    client.close();
    await mesh.close();
    await llm.close();
  });

  async function create(changes: Record<string, unknown> = {}): Promise<Run> {
    const config = JSON.stringify({ ...settings, ...changes });
    const { run } = await client.unary(
      rpc.createRun,
      CreateRunRequest.fromPartial({ config, examples: task.examples }),
    );
    if (!run) throw new Error('no run');
    return run;
  }

  /** Follows a run to its end; returns its events. */
  async function watch(runId: string, afterSequence = 0): Promise<RunEvent[]> {
    const updates = await client.all(rpc.watchRun, WatchRunRequest.fromPartial({ runId, afterSequence }));
    return updates.flatMap(({ update }) => (update?.$case === 'event' ? [update.value] : []));
  }

  const stateOf = async (runId: string): Promise<Run | undefined> =>
    (await client.unary(rpc.getRun, { runId })).run;

  it('stops at a limit, says what it did not do, and goes on to the same end under a new one', async () => {
    const counted = llm.count;
    const { runId } = await create({
      limits: { calls: 12 },
      prices: { currency: 'EUR', target: { call: 0.5 } },
    });
    const events = (await watch(runId)).length;
    const stopped = await stateOf(runId);
    expect(stopped?.state).toBe(RunState.RUN_STATE_STOPPED);
    expect(stopped?.reason).toMatch(
      /limits\.calls is 12 and 12 are spent: stopped before 8 of 10 questions of rollout, iteration 1/,
    );
    expect(llm.count - counted).toBe(12);
    const { report } = await client.unary(rpc.getReport, { runId });
    expect(report?.accuracies).toHaveLength(1);
    expect(report?.budget.map(({ name, limit, spent }) => [name, limit, spent]).slice(0, 3)).toEqual([
      ['calls', 12, 12],
      ['tokens', 0, expect.any(Number)],
      ['money', 0, 3],
    ]);
    expect(report?.currency).toBe('EUR');
    for (const { usage, money, roles } of report?.costs ?? []) {
      expect(roles.reduce((sum, role) => sum + (role.usage?.calls ?? 0), 0)).toBe(usage?.calls);
      expect(roles.reduce((sum, role) => sum + role.money, 0)).toBe(money);
    }

    const resume = (limits: Partial<Limits>) =>
      client.unary(rpc.resumeRun, ResumeRunRequest.fromPartial({ runId, limits }));
    await expect(resume({ calls: 12 })).rejects.toMatchObject({
      code: status.INVALID_ARGUMENT,
      details: 'limits.calls: is 12, and 12 are spent already: give more, or 0 for no limit',
    });
    await expect(resume({ tokens: -1 })).rejects.toMatchObject({
      code: status.INVALID_ARGUMENT,
      details: expect.stringContaining('limits.tokens') as string,
    });
    await resume({ calls: 20 });
    const more = (await watch(runId, events)).length;
    expect((await stateOf(runId))?.reason).toMatch(/limits\.calls is 20 and 20 are spent: stopped before/);
    expect(llm.count - counted).toBe(20);
    await resume({ calls: 0 });
    await watch(runId, events + more);
    await expect.poll(async () => (await stateOf(runId))?.state).toBe(RunState.RUN_STATE_SUCCEEDED);
    const { report: ended } = await client.unary(rpc.getReport, { runId });
    expect(ended?.provenance['limits.calls']).toBe('12, 20 from attempt 2, none from attempt 3');

    // The same run without a limit: the same calls, the same figures.
    const free = await create();
    await watch(free.runId);
    const { report: undisturbed } = await client.unary(rpc.getReport, { runId: free.runId });
    expect(ended?.accuracies).toEqual(undisturbed?.accuracies);
    expect(ended?.searches).toEqual(undisturbed?.searches);
    const calls = ({ costs = [] }: Partial<RunReport> = {}) =>
      costs.reduce((sum, { usage }) => sum + (usage?.calls ?? 0), 0);
    expect(calls(ended)).toBe(calls(undisturbed));
  });
});
