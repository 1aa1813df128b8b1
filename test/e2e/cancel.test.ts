import { join } from 'node:path';
import { createClient } from '@trprompt/grpc';
import { CoordinatorServiceService, RunState } from '@trprompt/proto/coordinator/v1/coordinator';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { defaultScript, roleReader, type ScriptedRole } from '../support/default-script.js';
import { startMesh, type Mesh } from '../support/mesh.js';
import { isGone } from '../support/process.js';
import { startScriptedOpenAi, type ChatRequest, type ScriptedOpenAi } from '../support/scripted-openai.js';
import { scriptedTask } from '../support/scripted-task.js';
import { startScriptedWorker, type ScriptedWorker } from '../support/scripted-worker.js';

/** The bounds that cancelling is held to, milliseconds. */
const HTTP_MS = 2_000;
const TRAINING_MS = 10_000;

const CONCURRENCY = 4;
const task = scriptedTask(40);
const usual = defaultScript({ golds: task.golds });
const roleOf = roleReader();

const settings = {
  name: 'cancel',
  data: { source: 'inline' },
  iterations: 1,
  rollout: { questions: 8, concurrency: CONCURRENCY },
  critic: { mode: 'llm' },
  train: { enabled: false },
  search: { steps: 2, initialReward: 'The prompt was not helpful.' },
};

describe('cancelling a run of the whole mesh', () => {
  let llm: ScriptedOpenAi;
  let worker: ScriptedWorker;
  let mesh: Mesh;
  /** Requests of which roles get no answer; edits made so far. */
  let hangs: (role: ScriptedRole, edits: number) => boolean = () => false;
  let edits = 0;
  let hung: ChatRequest[] = [];
  let onHung: () => void = () => undefined;

  beforeAll(async () => {
    llm = await startScriptedOpenAi({
      script: (request, index) => {
        const role = roleOf(request);
        if (hangs(role, edits)) {
          hung.push(request);
          onHung();
          return { hang: true };
        }
        if (role === 'edit') edits += 1;
        return usual(request, index);
      },
    });
    worker = await startScriptedWorker({ steps: 3, ignoreSigterm: true });
    mesh = await startMesh({
      baseUrl: llm.baseUrl,
      services: ['prompt-model', 'target-llm', 'reward-critic', 'textgrad', 'trainer'],
      env: (folder) => ({
        trainer: { ...worker.environment, TRPROMPT_TRAINER_WORK: join(folder, 'training') },
        coordinator: { TRPROMPT_HEARTBEAT_SECONDS: '1' },
      }),
    });
  }, 60_000);

  afterAll(async () => {
    await mesh?.stop();
    await worker?.close();
    await llm?.close();
  });

  /** From now on requests of these roles hang; settles when `count` of them do. */
  function untilHung(count: number, roles: typeof hangs): Promise<void> {
    hangs = roles;
    hung = [];
    edits = 0;
    return new Promise((resolve) => {
      onHung = () => hung.length === count && resolve();
    });
  }

  async function create(changes: Record<string, unknown> = {}): Promise<string> {
    const config = JSON.stringify({ ...settings, ...changes });
    const { run } = await mesh.coordinator.createRun({ requestId: '', config, examples: task.examples });
    return run?.runId ?? '';
  }

  const stateOf = async (runId: string): Promise<RunState | undefined> =>
    (await mesh.coordinator.getRun({ runId })).run?.state;

  const closed = (): boolean => hung.every(({ aborted }) => aborted);

  it.each<[string, number, typeof hangs]>([
    ['an evaluation', CONCURRENCY, (role) => role === 'target'],
    ['a rollout', CONCURRENCY, (role) => role === 'critic'],
    ['a critique of the search', 1, (role) => role === 'critique'],
    ['an edit of the search', 1, (role) => role === 'edit'],
    ['the prompts of a candidate', CONCURRENCY, (role, made) => made > 0 && role === 'prompt-model'],
    ['the answers of a candidate', CONCURRENCY, (role, made) => made > 0 && role === 'target'],
  ])(
    'reaches the requests of %s within two seconds',
    async (_what, count, roles) => {
      const hanging = untilHung(count, roles);
      const runId = await create();
      await hanging;
      const began = performance.now();
      const cancelled = mesh.coordinator.cancelRun({ runId });
      await expect.poll(closed, { interval: 5, timeout: HTTP_MS }).toBe(true);
      expect(performance.now() - began).toBeLessThan(HTTP_MS);
      expect((await cancelled).run?.state).toBe(RunState.RUN_STATE_CANCELLED);
      expect(hung).toHaveLength(count);
    },
    30_000,
  );

  it('reaches the requests of a question whose asker has gone', async () => {
    hangs = () => false;
    const runId = await create({ limits: { calls: 16 } });
    await expect.poll(() => stateOf(runId), { timeout: 20_000 }).toBe(RunState.RUN_STATE_STOPPED);
    for (const role of ['prompt-model', 'target']) {
      const hanging = untilHung(1, (asked) => asked === role);
      const gone = new AbortController();
      const asked = mesh.coordinator.ask(
        { runId, question: 'How many?', seed: 0, idempotencyKey: '' },
        { signal: gone.signal },
      );
      await hanging;
      const began = performance.now();
      gone.abort();
      await expect(asked).rejects.toThrow('CANCELLED');
      await expect.poll(closed, { interval: 5, timeout: HTTP_MS }).toBe(true);
      expect(performance.now() - began).toBeLessThan(HTTP_MS);
    }
  }, 30_000);

  describe('that trains, with a worker that ignores the request to stop', () => {
    /** A run in the middle of its training; its worker's process id. */
    async function training(): Promise<{ runId: string; pid: number }> {
      hangs = () => false;
      const inTraining = new Promise<number>((resolve) => {
        worker.script = async ({ at, pid }) => {
          if (at !== 'step') return;
          resolve(pid);
          await new Promise(() => undefined);
        };
      });
      const runId = await create({ train: { enabled: true } });
      return { runId, pid: await inTraining };
    }

    const untilGone = async (pid: number): Promise<void> => {
      await expect.poll(() => isGone(pid), { interval: 20, timeout: TRAINING_MS }).toBe(true);
    };

    it('ends its process within ten seconds', async () => {
      const { runId, pid } = await training();
      const began = performance.now();
      const { run } = await mesh.coordinator.cancelRun({ runId });
      expect(run?.state).toBe(RunState.RUN_STATE_CANCELLED);
      await untilGone(pid);
      expect(performance.now() - began).toBeLessThan(TRAINING_MS);
      expect(worker.running).toBe(0);
    }, 40_000);

    it('leaves no process when the trainer is killed in the middle of it', async () => {
      const { runId, pid } = await training();
      const began = performance.now();
      const cancelled = mesh.coordinator.cancelRun({ runId });
      await mesh.crash('trainer');
      await untilGone(pid);
      expect(performance.now() - began).toBeLessThan(TRAINING_MS);
      await mesh.restart('trainer');
      expect((await cancelled).run?.state).toBe(RunState.RUN_STATE_CANCELLED);
      expect(worker.running).toBe(0);
    }, 60_000);

    it('leaves no process when the coordinator is killed in the middle of it', async () => {
      const { runId, pid } = await training();
      const began = performance.now();
      const client = createClient(CoordinatorServiceService, mesh.addresses.coordinator);
      const cut = client.cancelRun({ runId }).catch(() => undefined);
      // The cancellation has reached the coordinator: a later call on the same connection has been answered.
      expect((await client.getRun({ runId })).run?.state).toBe(RunState.RUN_STATE_RUNNING);
      await mesh.crash('coordinator');
      await mesh.restart('coordinator');
      client.close();
      await cut;
      const { run } = await mesh.coordinator.cancelRun({ runId });
      expect(run?.state).toBe(RunState.RUN_STATE_CANCELLED);
      await untilGone(pid);
      expect(performance.now() - began).toBeLessThan(3 * TRAINING_MS);
    }, 60_000);
  });

  it('leaves no process behind', async () => {
    const pids = [...mesh.processes.values()].map(({ pid }) => pid);
    await mesh.stop();
    expect(pids.filter((pid) => !isGone(pid))).toEqual([]);
    expect(worker.running).toBe(0);
  }, 30_000);
});
