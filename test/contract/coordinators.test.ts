import {
  CoordinatorServiceService as rpc,
  CreateRunRequest,
  RunState,
  WatchRunRequest,
  type Run,
} from '@trprompt/proto/coordinator/v1/coordinator';
import { postgresSkipped, startPostgres, type PostgresServer } from '@trprompt/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { defaultScript } from '../support/default-script.js';
import { startLocalMesh, type LocalMesh } from '../support/local-mesh.js';
import { RawClient } from '../support/raw-client.js';
import { startScriptedOpenAi, type Script, type ScriptedOpenAi } from '../support/scripted-openai.js';
import { scriptedTask, smallRun } from '../support/scripted-task.js';

const task = scriptedTask(20);
const usual = defaultScript({ golds: task.golds });
const config = JSON.stringify({
  name: 'shared',
  ...smallRun,
});

/** A script that stops the world at the n-th request until it is let go. */
function gate(at: number): { script: Script; reached: Promise<void>; open: () => void } {
  const reached = Promise.withResolvers<void>();
  const opened = Promise.withResolvers<void>();
  let seen = 0;
  return {
    reached: reached.promise,
    open: opened.resolve,
    script: async (request, index) => {
      if ((seen += 1) >= at) {
        reached.resolve();
        await opened.promise;
      }
      return usual(request, index);
    },
  };
}

describe.skipIf(postgresSkipped())('two coordinators of one database', () => {
  let llm: ScriptedOpenAi;
  let postgres: PostgresServer;
  let mesh: LocalMesh;
  let first: RawClient;
  let second: RawClient;
  let script: Script = usual;

  beforeAll(async () => {
    llm = await startScriptedOpenAi({ script: (request, index) => script(request, index) });
    postgres = await startPostgres();
    const env = { TRPROMPT_DATABASE_URL: postgres.url(), TRPROMPT_HEARTBEAT_SECONDS: '1' };
    mesh = await startLocalMesh(llm.baseUrl, env);
    first = new RawClient(mesh.coordinator.address);
    second = new RawClient((await mesh.another()).address);
  });

  afterAll(async () => {
    first.close();
    second.close();
    await mesh.close();
    await llm.close();
    await postgres.stop();
  });

  async function create(client: RawClient): Promise<Run> {
    const request = CreateRunRequest.fromPartial({ config, examples: task.examples });
    const { run } = await client.unary(rpc.createRun, request);
    if (!run) throw new Error('no run');
    return run;
  }

  const events = async (client: RawClient, runId: string) => {
    const updates = await client.all(rpc.watchRun, WatchRunRequest.fromPartial({ runId }));
    return updates.flatMap(({ update }) => (update?.$case === 'event' ? [update.value] : []));
  };

  it('tell of a run alike, whichever of them works on it', async () => {
    script = usual;
    const { runId } = await create(first);
    const [here, there] = await Promise.all([events(first, runId), events(second, runId)]);
    expect(here.at(-1)?.payload).toMatchObject({ $case: 'runEnded', value: { state: 'succeeded' } });
    expect(there).toEqual(here);
    expect(here.filter(({ payload }) => payload?.$case === 'runStarted')).toHaveLength(1);
  });

  it("cancel each other's runs, and resume them", async () => {
    const { script: held, reached, open } = gate(8);
    script = held;
    const { runId } = await create(first);
    await reached;
    const cancelled = await Promise.all(
      [first, second].map((client) => client.unary(rpc.cancelRun, { runId })),
    );
    expect(cancelled.map(({ run }) => run?.state)).toEqual([
      RunState.RUN_STATE_CANCELLED,
      RunState.RUN_STATE_CANCELLED,
    ]);
    open();
    script = usual;
    const { run } = await second.unary(rpc.resumeRun, { runId, limits: undefined });
    expect(run?.state).toBe(RunState.RUN_STATE_RUNNING);
    expect((await events(first, runId)).at(-1)?.payload).toMatchObject({ value: { state: 'succeeded' } });
  });

  it('close the requests of a run within two seconds, whichever of them is asked to cancel it', async () => {
    for (const asked of [first, second]) {
      llm.reset();
      script = () => ({ hang: true });
      const { runId } = await create(first);
      await expect.poll(() => llm.count).toBeGreaterThan(0);
      const began = performance.now();
      const cancelled = asked.unary(rpc.cancelRun, { runId });
      const closed = (): boolean => llm.requests.every(({ aborted }) => aborted);
      await expect.poll(closed, { interval: 5, timeout: 2000 }).toBe(true);
      expect(performance.now() - began).toBeLessThan(2000);
      expect((await cancelled).run?.state).toBe(RunState.RUN_STATE_CANCELLED);
    }
    script = usual;
  });

  it('take over the runs of one that stops', async () => {
    const third = await mesh.another();
    const client = new RawClient(third.address);
    const { script: held, reached, open } = gate(8);
    script = held;
    const { runId } = await create(client);
    await reached;
    client.close();
    await third.close();
    open();
    script = usual;
    const told = await events(second, runId);
    expect(told.at(-1)?.payload).toMatchObject({ value: { state: 'succeeded' } });
    expect(told.map(({ sequence }) => sequence)).toEqual(told.map((_, index) => index + 1));
  });
});
