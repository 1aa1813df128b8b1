import {
  CoordinatorServiceService as rpc,
  CreateRunRequest,
  RunState,
  WatchRunRequest,
  type Run,
  type RunReport,
} from '@trprompt/proto/coordinator/v1/coordinator';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { defaultScript } from '../support/default-script.js';
import { startLocalMesh, type LocalMesh } from '../support/local-mesh.js';
import { RawClient } from '../support/raw-client.js';
import { scriptedTask } from '../support/scripted-task.js';
import {
  startScriptedOpenAi,
  type ChatRequest,
  type Script,
  type ScriptedOpenAi,
} from '../support/scripted-openai.js';

const task = scriptedTask(40);
const usual = defaultScript({ golds: task.golds });
const settings = {
  name: 'upstream',
  data: { source: 'inline' },
  iterations: 1,
  rollout: { questions: 20, concurrency: 8 },
  critic: { mode: 'llm' },
  train: { enabled: false },
  search: { steps: 2, initialReward: 'The prompt was not helpful.' },
};
/** An outage ends within tenths of a second for these services. */
const quick = { TRPROMPT_LLM_COOL_DOWN_SECONDS: '0.1', TRPROMPT_LLM_MAX_COOL_DOWN_SECONDS: '0.2' };

const contentOf = (request: ChatRequest): string =>
  request.messages.map((message) => message.content).join('\n');

describe('a run whose endpoint is in trouble', () => {
  const cleanups: (() => Promise<void> | void)[] = [];
  const cleanUp = async (): Promise<void> => {
    for (const cleanup of cleanups.splice(0).toReversed()) await cleanup();
  };
  afterEach(cleanUp);

  async function meshOn(
    script: Script,
  ): Promise<{ llm: ScriptedOpenAi; mesh: LocalMesh; client: RawClient }> {
    const llm = await startScriptedOpenAi({ script });
    cleanups.push(() => llm.close());
    const mesh = await startLocalMesh(llm.baseUrl, quick);
    cleanups.push(() => mesh.close());
    const client = new RawClient(mesh.coordinator.address);
    cleanups.push(() => client.close());
    return { llm, mesh, client };
  }

  async function follow(client: RawClient, changes: object = {}): Promise<{ run: Run; report: RunReport }> {
    const config = JSON.stringify({ ...settings, ...changes });
    const request = CreateRunRequest.fromPartial({ config, examples: task.examples });
    const runId = (await client.unary(rpc.createRun, request)).run?.runId ?? '';
    await client.all(rpc.watchRun, WatchRunRequest.fromPartial({ runId }));
    const { run } = await client.unary(rpc.getRun, { runId });
    const { report } = await client.unary(rpc.getReport, { runId });
    if (!run || !report) throw new Error('there is no run');
    return { run, report };
  }

  const measured = ({ accuracies, rewards, searches }: RunReport) => ({ accuracies, rewards, searches });

  let undisturbed: { run: Run; report: RunReport };
  let calls: number;
  beforeAll(async () => {
    const { client, llm } = await meshOn(usual);
    undisturbed = await follow(client);
    calls = llm.requests.length;
    if (undisturbed.run.state !== RunState.RUN_STATE_SUCCEEDED) throw new Error(undisturbed.run.reason);
    await cleanUp();
  }, 60_000);

  it('waits out an outage, gives nothing up, and ends as undisturbed', async () => {
    // Down from the fiftieth request until sixty have been refused: by then the circuits are open, and only probes arrive.
    let refused = 0;
    const { client, llm } = await meshOn((request, index) => {
      if (index < 50 || refused >= 60) return usual(request, index);
      refused += 1;
      return { status: 503 };
    });
    const disturbed = await follow(client);
    expect(disturbed.run).toMatchObject({ state: RunState.RUN_STATE_SUCCEEDED, reason: '' });
    expect(disturbed.report.givenUp).toEqual([]);
    expect(measured(disturbed.report)).toEqual(measured(undisturbed.report));
    expect(llm.requests).toHaveLength(calls + 60);
  }, 60_000);

  it('lists each question that it gave up with iteration, phase, item and reason, those of searches too', async () => {
    const poisoned = task.examples.find(({ split }) => split === 'validation');
    const { client } = await meshOn((request, index) =>
      poisoned && contentOf(request).includes(poisoned.question)
        ? { status: 400, body: { error: { message: 'context length exceeded' } } }
        : usual(request, index),
    );
    const { run, report } = await follow(client, { failures: { tolerance: 0.2 } });
    expect(run.state).toBe(RunState.RUN_STATE_SUCCEEDED);
    const itemId = poisoned?.exampleId ?? '';
    const reason = expect.stringContaining('context length exceeded') as string;
    expect(report.givenUp).toContainEqual({ iteration: 0, phase: 'baseline', itemId, reason });
    expect(report.givenUp).toContainEqual({ iteration: 1, phase: 'search', itemId: `c1:${itemId}`, reason });
    // The first candidate's score is the evaluation's, and so is its loss.
    expect(report.givenUp.filter(({ itemId: id }) => id.startsWith('c0:'))).toEqual([]);
  }, 60_000);

  const { RUN_STATE_SUCCEEDED, RUN_STATE_FAILED } = RunState;
  it.each([
    [5, [RUN_STATE_SUCCEEDED]],
    [20, [RUN_STATE_SUCCEEDED]],
    [50, [RUN_STATE_SUCCEEDED, RUN_STATE_FAILED]],
  ])(
    'keeps its calls within their bound when %i of 100 fail',
    async (percent, ends) => {
      // Faults by number, spread evenly, so that the test is the same each time.
      const { client, llm } = await meshOn((request, index) =>
        (index * 37) % 100 < percent ? { status: 503 } : usual(request, index),
      );
      const { run } = await follow(client);
      // docs/architecture.md, "Upstream faults": c = 8, so b = 20, k = 64; an attempt and a search stream, four processes.
      expect(llm.requests.length).toBeLessThanOrEqual((calls * 1.2 + 20 * 2) * 1.2 + 64 * 4);
      expect(ends).toContain(run.state);
    },
    120_000,
  );
});
