import { status } from '@grpc/grpc-js';
import {
  CoordinatorServiceService,
  CreateRunRequest,
  WatchRunRequest,
} from '@trprompt/proto/coordinator/v1/coordinator';
import { OptimizeRequest, TextgradServiceService } from '@trprompt/proto/textgrad/v1/textgrad';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { defaultScript } from '../support/default-script.js';
import { startLocalMesh, type LocalMesh } from '../support/local-mesh.js';
import { RawClient } from '../support/raw-client.js';
import { scriptedTask } from '../support/scripted-task.js';
import { startScriptedOpenAi, type Script, type ScriptedOpenAi } from '../support/scripted-openai.js';

/** A key of its own for each use. */
const freshKey = (() => {
  let keys = 0;
  return (): string => `key-${(keys += 1)}`;
})();
const inMs = (ms: number): { deadline: number } => ({ deadline: Date.now() + ms });

describe('calls to an upstream endpoint', () => {
  const task = scriptedTask(20);
  let llm: ScriptedOpenAi;
  let mesh: LocalMesh;
  let script: Script;
  let clients: Record<'textgrad' | 'coordinator', RawClient>;

  beforeAll(async () => {
    llm = await startScriptedOpenAi({ script: (request, index) => script(request, index) });
    mesh = await startLocalMesh(llm.baseUrl);
    clients = {
      textgrad: new RawClient(mesh.textgrad.address),
      coordinator: new RawClient(mesh.coordinator.address),
    };
  });

  beforeEach(() => {
    llm.reset();
    script = defaultScript({ golds: task.golds });
  });

  afterAll(async () => {
    for (const client of Object.values(clients)) client.close();
    await mesh.close();
    await llm.close();
  });

  describe('of a search', () => {
    const request = (idempotencyKey: string, seed = 3): OptimizeRequest =>
      OptimizeRequest.fromPartial({
        idempotencyKey,
        seed,
        initialReward: 'The prompt is nice.',
        validation: task.examples
          .slice(0, 4)
          .map(({ exampleId: itemId, question, answer: gold }) => ({ itemId, question, gold })),
        search: { strategy: '', steps: 2, concurrency: 4 },
      } as Parameters<typeof OptimizeRequest.fromPartial>[0]);
    const { optimize } = TextgradServiceService;
    const sorted = (messages: readonly object[]): string[] =>
      messages.map((each) => JSON.stringify(each)).toSorted();

    it('are made once for a key that is sent twice, with the same messages and costs', async () => {
      const key = freshKey();
      const first = await clients.textgrad.all(optimize, request(key));
      const calls = llm.requests.length;
      expect(calls).toBeGreaterThan(8);
      const second = await clients.textgrad.all(optimize, request(key));
      expect(sorted(second)).toEqual(sorted(first));
      expect(llm.requests).toHaveLength(calls);
    });

    it('are refused under the key of another search', async () => {
      const key = freshKey();
      await clients.textgrad.all(optimize, request(key));
      const calls = llm.requests.length;
      const failure = await clients.textgrad.failure(optimize, request(key, 4));
      expect(failure).toMatchObject({ code: status.INVALID_ARGUMENT });
      expect(failure.details).toContain(`idempotency_key is "${key}"`);
      expect(llm.requests).toHaveLength(calls);
    });

    it('end at its deadline, through the services that it calls', async () => {
      script = () => ({ hang: true });
      const failure = await clients.textgrad.failure(optimize, request(''), inMs(300));
      expect(failure).toMatchObject({ code: status.DEADLINE_EXCEEDED });
      await vi.waitFor(() => {
        expect(llm.requests.length).toBeGreaterThan(0);
        expect(llm.requests.every(({ aborted }) => aborted)).toBe(true);
      });
      expect(llm.requests.length).toBeLessThanOrEqual(4);
    });

    it('take a history with a question that was given up, its verdict left out', async () => {
      const messages = await clients.textgrad.all(optimize, request(''));
      const history = messages.slice(0, 5).map(({ event }) =>
        event?.$case === 'item' && event.value.itemId === task.examples[0]?.exampleId
          ? {
              event: {
                ...event,
                value: {
                  ...event.value,
                  verdict: undefined,
                  error: { code: 13, message: 'lost', retryable: false, outage: false, usage: undefined },
                },
              },
            }
          : { event },
      );
      const rest = await clients.textgrad.all(optimize, { ...request(''), history });
      expect(rest.at(-1)?.event?.$case).toBe('finished');
    });
  });

  describe('of a query', () => {
    const { ask, createRun, watchRun } = CoordinatorServiceService;
    const query = (idempotencyKey: string, question = 'How many?') => ({
      runId: '',
      question,
      seed: 0,
      idempotencyKey,
    });

    beforeAll(async () => {
      script = defaultScript({ golds: task.golds });
      const config = JSON.stringify({
        name: 'upstream',
        data: { source: 'inline' },
        iterations: 1,
        rollout: { questions: 4, concurrency: 4 },
        critic: { mode: 'verifier' },
        train: { enabled: false },
        search: { enabled: false },
      });
      const created = CreateRunRequest.fromPartial({ config, examples: task.examples });
      const { run } = await clients.coordinator.unary(createRun, created);
      await clients.coordinator.all(watchRun, WatchRunRequest.fromPartial({ runId: run?.runId ?? '' }));
    });

    it('are made once for a key that is sent twice; another query is refused', async () => {
      const key = freshKey();
      const first = await clients.coordinator.unary(ask, query(key));
      expect(llm.requests).toHaveLength(2);
      expect(await clients.coordinator.unary(ask, query(key))).toEqual(first);
      expect(llm.requests).toHaveLength(2);
      const failure = await clients.coordinator
        .unary(ask, query(key, 'And now?'))
        .catch((error: unknown) => error);
      expect(failure).toMatchObject({ code: status.INVALID_ARGUMENT });
      expect(llm.requests).toHaveLength(2);
    });

    it('end at its deadline', async () => {
      script = () => ({ hang: true });
      const failure = await clients.coordinator
        .unary(ask, query(''), inMs(300))
        .catch((error: unknown) => error);
      expect(failure).toMatchObject({ code: status.DEADLINE_EXCEEDED });
      await vi.waitFor(() => expect(llm.requests.map(({ aborted }) => aborted)).toEqual([true]));
    });
  });
});
