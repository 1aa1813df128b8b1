import { createHash } from 'node:crypto';
import { status } from '@grpc/grpc-js';
import {
  CoordinatorServiceService as rpc,
  CreateRunRequest,
  ListRunsRequest,
  RunState,
  WatchRunRequest,
  type Run,
  type WatchRunResponse,
} from '@trprompt/proto/coordinator/v1/coordinator';
import type { RunEvent } from '@trprompt/proto/events/v1/events';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { defaultScript } from '../support/default-script.js';
import { startLocalMesh, type LocalMesh } from '../support/local-mesh.js';
import { RawClient } from '../support/raw-client.js';
import { startScriptedOpenAi, type Script, type ScriptedOpenAi } from '../support/scripted-openai.js';
import { scriptedTask, smallRun } from '../support/scripted-task.js';

const task = scriptedTask(20);
const usual = defaultScript({ golds: task.golds });

const settings = {
  name: 'contract',
  ...smallRun,
};

describe('the coordinator service', () => {
  let llm: ScriptedOpenAi;
  let mesh: LocalMesh;
  let client: RawClient;
  let script: Script = usual;

  beforeAll(async () => {
    llm = await startScriptedOpenAi({ script: (request, index) => script(request, index) });
    mesh = await startLocalMesh(llm.baseUrl);
    client = new RawClient(mesh.coordinator.address);
  });

  afterAll(async () => {
    client.close();
    await mesh.close();
    await llm.close();
  });

  async function create(changes: Record<string, unknown> = {}, requestId = ''): Promise<Run> {
    const config = JSON.stringify({ ...settings, ...changes });
    const request = CreateRunRequest.fromPartial({ requestId, config, examples: task.examples });
    const { run } = await client.unary(rpc.createRun, request);
    if (!run) throw new Error('no run');
    return run;
  }

  const watch = (runId: string, afterSequence = 0): Promise<WatchRunResponse[]> =>
    client.all(rpc.watchRun, WatchRunRequest.fromPartial({ runId, afterSequence }));

  const stateOf = async (runId: string): Promise<Run | undefined> =>
    (await client.unary(rpc.getRun, { runId })).run;

  const eventsOf = (updates: readonly WatchRunResponse[]) =>
    updates.flatMap(({ update }) => (update?.$case === 'event' ? [update.value] : []));

  it('runs the loop and streams its events in order, without a gap, with deterministic ids', async () => {
    const { runId } = await create();
    const events = eventsOf(await watch(runId));
    expect(events.map(({ eventId }) => eventId)).toEqual(events.map((_, index) => `${runId}/${index + 1}`));
    const phases = events.flatMap(({ payload }) =>
      payload?.$case === 'phaseStarted' ? [payload.value.phase] : [],
    );
    expect(phases).toEqual(['baseline', 'rollout', 'search', 'evaluate_search', 'test']);
    expect(events.at(-1)?.payload).toMatchObject({ $case: 'runEnded', value: { state: 'succeeded' } });
    expect(eventsOf(await watch(runId, 5))).toEqual(events.slice(5));
  });

  it('scores the first candidate and the winner of a search without asking again', async () => {
    const { runId } = await create();
    await watch(runId);
    const { report } = await client.unary(rpc.getReport, { runId });
    const validation = report?.accuracies.filter(({ split }) => split === 'validation') ?? [];
    const [search] = report?.searches ?? [];
    const kept = search?.candidates.filter((candidate) => candidate.kept).at(-1);
    expect(validation.map(({ step }) => step)).toEqual(['initial', 'search']);
    expect(search?.candidates[0]).toMatchObject({ correct: validation[0]?.correct, total: 4, decided: true });
    expect(validation[1]).toMatchObject({ correct: kept?.correct, total: kept?.total });
    const cost = (phase: string) => report?.costs.find((item) => item.phase === phase)?.usage?.calls;
    expect(cost('baseline')).toBe(8);
    // One critique, one edit, and prompt and answer of four questions under the one new candidate at most.
    expect(cost('search')).toBeLessThanOrEqual(10);
    expect(cost('evaluate_search')).toBe(0);
    expect(report?.splits).toEqual({ train: 12, validation: 4, test: 4 });
    expect(report?.comparisons.map(({ method }) => method)).toEqual(['base', 'cot']);
  });

  it('tells of each triple only in runs that publish them, and only those who ask', async () => {
    const { runId } = await create({ events: { samples: true } });
    const usual = eventsOf(await watch(runId));
    const request = WatchRunRequest.fromPartial({ runId, includeSamples: true });
    const all = eventsOf(await client.all(rpc.watchRun, request));
    const isSample = ({ payload }: RunEvent): boolean => payload?.$case === 'sampleRecorded';
    expect(usual.filter(isSample)).toEqual([]);
    expect(all.filter((event) => !isSample(event))).toEqual(usual);
    expect(all.filter(isSample)).toHaveLength(10);
    expect(all.map(({ sequence }) => sequence)).toEqual(all.map((_, index) => index + 1));
  });

  it('returns the same run for the same request id', async () => {
    const first = await create({}, 'once');
    const second = await create({}, 'once');
    expect(second.runId).toBe(first.runId);
    await watch(first.runId);
  });

  it('names every problem of a configuration with its path', async () => {
    const config = JSON.stringify({ ...settings, iterations: 0, critic: { mode: 'magic' }, itterations: 2 });
    const failure = await client
      .unary(rpc.createRun, CreateRunRequest.fromPartial({ config, examples: task.examples }))
      .catch((error: unknown) => error);
    expect(failure).toMatchObject({ code: status.INVALID_ARGUMENT });
    const { details } = failure as { details: string };
    expect(details.split('\n')).toHaveLength(3);
    for (const path of ['iterations:', 'critic.mode:', 'itterations:']) expect(details).toContain(path);
    expect(details).toContain('verifier');
  });

  it('names every problem of the data with its path', async () => {
    const examples = [
      { question: '', answer: '1' },
      ...task.examples,
      { question: 'How many?', answer: 'many' },
    ];
    const config = JSON.stringify(settings);
    const failure = await client
      .unary(rpc.createRun, CreateRunRequest.fromPartial({ config, examples }))
      .catch((error: unknown) => error);
    expect(failure).toMatchObject({ code: status.INVALID_ARGUMENT });
    const { details } = failure as { details: string };
    expect(details).toContain('examples[0].question');
    expect(details).toContain('examples[21].answer');
  });

  it('says what is not there', async () => {
    const runId = 'nope';
    const calls = [
      client.unary(rpc.getRun, { runId }),
      client.unary(rpc.cancelRun, { runId }),
      client.unary(rpc.resumeRun, { runId, limits: undefined }),
      client.unary(rpc.getReport, { runId }),
    ];
    for (const { status: outcome, reason } of (await Promise.allSettled(calls)) as PromiseRejectedResult[])
      expect({ outcome, code: (reason as { code?: number }).code }).toEqual({
        outcome: 'rejected',
        code: status.NOT_FOUND,
      });
    expect((await client.failure(rpc.watchRun, { runId, afterSequence: 0 })).code).toBe(status.NOT_FOUND);
  });

  it('cancels a run in flight and goes on with it when asked', async () => {
    let waiting: () => void = () => undefined;
    const hanging = new Promise<void>((resolve) => (waiting = resolve));
    const firstRollout = llm.count + 8 + 5;
    script = (request, index) => {
      if (index < firstRollout) return usual(request, index);
      waiting();
      return { hang: true };
    };
    const { runId } = await create();
    await hanging;
    const { run } = await client.unary(rpc.cancelRun, { runId });
    expect(run).toMatchObject({ state: RunState.RUN_STATE_CANCELLED, phase: 'rollout' });
    await expect.poll(() => llm.requests.filter(({ aborted }) => aborted).length).toBeGreaterThan(0);
    script = usual;
    await client.unary(rpc.resumeRun, { runId, limits: undefined });
    await watch(runId, eventsOf(await watch(runId)).length);
    await expect.poll(async () => (await stateOf(runId))?.state).toBe(RunState.RUN_STATE_SUCCEEDED);
    await expect(client.unary(rpc.resumeRun, { runId, limits: undefined })).rejects.toMatchObject({
      code: status.FAILED_PRECONDITION,
    });
  });

  it('fails with a sentence when too many questions are given up, and gives them another chance on resume', async () => {
    const broken = task.examples.find(({ split }) => split === 'validation')?.question ?? '';
    script = (request, index) =>
      request.messages.some(({ content }) => content.includes(broken))
        ? { status: 400, body: { error: { message: 'this question is refused', type: 'BadRequest' } } }
        : usual(request, index);
    const { runId } = await create();
    const events = eventsOf(await watch(runId));
    expect(events.some(({ payload }) => payload?.$case === 'itemGivenUp')).toBe(true);
    const failed = await stateOf(runId);
    expect(failed?.state).toBe(RunState.RUN_STATE_FAILED);
    expect(failed?.reason).toMatch(/1 of 4 questions were given up, failures\.tolerance allows 0/);
    script = usual;
    await client.unary(rpc.resumeRun, { runId, limits: undefined });
    await expect
      .poll(async () => (await stateOf(runId))?.state, { timeout: 20_000 })
      .toBe(RunState.RUN_STATE_SUCCEEDED);
  });

  it('lists runs, newest first, page by page', async () => {
    const all = await client.unary(rpc.listRuns, ListRunsRequest.fromPartial({}));
    expect(all.runs.length).toBeGreaterThan(2);
    const first = await client.unary(rpc.listRuns, ListRunsRequest.fromPartial({ pageSize: 2 }));
    const second = await client.unary(
      rpc.listRuns,
      ListRunsRequest.fromPartial({ pageSize: 2, pageToken: first.nextPageToken }),
    );
    const ids = (runs: readonly Run[]) => runs.map(({ runId }) => runId);
    expect([...ids(first.runs), ...ids(second.runs)]).toEqual(ids(all.runs).slice(0, 4));
    await expect(
      client.unary(rpc.listRuns, ListRunsRequest.fromPartial({ pageSize: 1001 })),
    ).rejects.toMatchObject({ code: status.INVALID_ARGUMENT });
  });

  it('answers a query with the best checkpoint, the same query always the same', async () => {
    const question = 'Ann has 3 apples and buys 4. How many has she?';
    const ask = () => client.unary(rpc.ask, { runId: '', question, seed: 0, idempotencyKey: '' });
    const answer = await ask();
    expect(answer.prompt).not.toBe('');
    expect(answer.usage?.calls).toBe(2);
    expect(await ask()).toEqual(answer);
    await expect(
      client.unary(rpc.ask, { runId: '', question: ' ', seed: 0, idempotencyKey: '' }),
    ).rejects.toMatchObject({
      code: status.INVALID_ARGUMENT,
    });
  });

  it('exports files whose hashes agree, with a way to serve them', async () => {
    const pieces = await client.all(rpc.exportRun, { runId: '' });
    const files = Map.groupBy(pieces, ({ path }) => path);
    const named = ['README.md', 't-star.txt', 'provenance.json', 'templates/prompt-model.json'];
    expect([...files.keys()]).toEqual(expect.arrayContaining(named));
    for (const parts of files.values()) {
      const bytes = Buffer.concat(parts.map(({ chunk }) => chunk));
      expect(createHash('sha256').update(bytes).digest('hex')).toBe(parts.at(-1)?.sha256);
    }
    const readme = String(files.get('README.md')?.[0]?.chunk);
    expect(readme).toContain('vllm serve');
    expect(readme).toContain('has no adapter');
  });
});
