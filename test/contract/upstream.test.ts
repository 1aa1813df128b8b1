import { status } from '@grpc/grpc-js';
import type { ItemError, Usage } from '@trprompt/proto/inference/v1/inference';
import {
  GeneratePromptsRequest,
  PromptModelServiceService,
} from '@trprompt/proto/prompt_model/v1/prompt_model';
import {
  CriticMode,
  CritiqueRequest,
  RewardCriticServiceService,
} from '@trprompt/proto/reward_critic/v1/reward_critic';
import { AnswerRequest, TargetLlmServiceService } from '@trprompt/proto/target_llm/v1/target_llm';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { startLocalMesh, type LocalMesh } from '../support/local-mesh.js';
import { RawClient } from '../support/raw-client.js';
import { startScriptedOpenAi, type Script, type ScriptedOpenAi } from '../support/scripted-openai.js';

/** What came back for one item, whichever service it was. */
interface Outcome {
  text?: string;
  usage?: Usage | undefined;
  error?: ItemError;
}
type Result = { $case: string; value: ItemError | { text: string; usage: Usage | undefined } } | undefined;

const outcomeOf = (result: Result): Outcome => {
  if (!result) throw new Error('there is no result');
  return 'text' in result.value
    ? { text: result.value.text, usage: result.value.usage }
    : { error: result.value };
};
/** A key of its own for each use. */
const freshKey = (() => {
  let keys = 0;
  return (): string => `key-${(keys += 1)}`;
})();
const inMs = (ms: number): { deadline: number } => ({ deadline: Date.now() + ms });

describe('calls to an upstream endpoint', () => {
  let llm: ScriptedOpenAi;
  let mesh: LocalMesh;
  let script: Script;
  let clients: Record<'promptModel' | 'target' | 'critic', RawClient>;

  beforeAll(async () => {
    llm = await startScriptedOpenAi({ script: (request, index) => script(request, index) });
    mesh = await startLocalMesh(llm.baseUrl, {
      TRPROMPT_LLM_RETRY_BURST: '1000',
      TRPROMPT_LLM_CIRCUIT_FAILURES: '0',
    });
    clients = {
      promptModel: new RawClient(mesh.promptModel.address),
      target: new RawClient(mesh.target.address),
      critic: new RawClient(mesh.critic.address),
    };
  });

  beforeEach(() => {
    llm.reset();
    script = () => ({ text: 'fine' });
  });

  afterAll(async () => {
    for (const client of Object.values(clients)) client.close();
    await mesh.close();
    await llm.close();
  });

  /** One item of each service, under a key, as a stream of a raw client. */
  const services = {
    'prompt-model': (idempotencyKey: string, question = 'What is 1 + 1?', options = {}) =>
      clients.promptModel.stream(
        PromptModelServiceService.generatePrompts,
        GeneratePromptsRequest.fromPartial({
          reward: 'A good prompt.',
          items: [{ itemId: 'a', question, seed: 1, idempotencyKey }],
        }),
        options,
      ),
    'target-llm': (idempotencyKey: string, question = 'What is 1 + 1?', options = {}) =>
      clients.target.stream(
        TargetLlmServiceService.answer,
        AnswerRequest.fromPartial({ items: [{ itemId: 'a', question, seed: 1, idempotencyKey }] }),
        options,
      ),
    'reward-critic': (idempotencyKey: string, question = 'What is 1 + 1?', options = {}) =>
      clients.critic.stream(
        RewardCriticServiceService.critique,
        CritiqueRequest.fromPartial({
          mode: CriticMode.CRITIC_MODE_LLM,
          items: [{ itemId: 'a', question, prompt: 'p', answer: '3', gold: '2', seed: 1, idempotencyKey }],
        }),
        options,
      ),
  };
  const names = Object.keys(services) as (keyof typeof services)[];

  async function outcome(name: keyof typeof services, key: string, question?: string): Promise<Outcome> {
    for await (const message of services[name](key, question))
      return outcomeOf((message as { result: Result }).result);
    throw new Error('the stream was empty');
  }

  describe.each(names)('of %s', (name) => {
    it('are made once for a key that is sent twice, with the same answer and the same usage', async () => {
      const key = freshKey();
      script = (_request, index) => (index === 0 ? { status: 500 } : { text: `answer ${index}` });
      const first = await outcome(name, key);
      expect(first).toMatchObject({ text: 'answer 1', usage: { calls: 2 } });
      expect(await outcome(name, key)).toEqual(first);
      expect(llm.requests).toHaveLength(2);
    });

    it('are joined while they are in flight', async () => {
      const key = freshKey();
      let release: () => void = () => undefined;
      const released = new Promise<void>((resolve) => (release = resolve));
      script = async () => {
        await released;
        return { text: 'one answer' };
      };
      const both = [outcome(name, key), outcome(name, key)];
      await vi.waitFor(() => expect(llm.requests).toHaveLength(1));
      // The second has been read by the service when a third, without a key, has reached the endpoint.
      const third = outcome(name, '');
      await vi.waitFor(() => expect(llm.requests).toHaveLength(2));
      release();
      const [first, second] = await Promise.all(both);
      expect(second).toEqual(first);
      await third;
      expect(llm.requests).toHaveLength(2);
    });

    it('are refused under the key of another request, which is named', async () => {
      const key = freshKey();
      await outcome(name, key);
      const { error } = await outcome(name, key, 'What is 2 + 2?');
      expect(error).toMatchObject({ code: status.INVALID_ARGUMENT, retryable: false });
      expect(error?.message).toContain(`idempotency_key is "${key}": it was used for another request`);
      expect(llm.requests).toHaveLength(1);
    });

    it('are made again after a failure', async () => {
      const key = freshKey();
      script = (_request, index) => (index === 0 ? { status: 400 } : { text: 'later' });
      expect((await outcome(name, key)).error).toMatchObject({ code: status.INVALID_ARGUMENT });
      expect(await outcome(name, key)).toMatchObject({ text: 'later', usage: { calls: 1 } });
    });

    it('end with the last client that waits for them', async () => {
      const key = freshKey();
      script = () => ({ hang: true });
      const calls = [services[name](key), services[name](key)];
      const ends = calls.map((call) => new Promise((resolve) => call.once('error', resolve)));
      for (const call of calls) call.resume();
      await vi.waitFor(() => expect(llm.requests).toHaveLength(1));
      calls[0]?.cancel();
      await ends[0];
      expect(llm.requests[0]?.aborted).toBe(false);
      calls[1]?.cancel();
      await ends[1];
      await vi.waitFor(() => expect(llm.requests[0]?.aborted).toBe(true));
      script = () => ({ text: 'again' });
      expect(await outcome(name, key)).toMatchObject({ text: 'again' });
    });

    it('end at the deadline of the gRPC call: the HTTP request is closed and no retry is sent', async () => {
      script = () => ({ hang: true });
      const call = services[name]('', undefined, inMs(300));
      const ended = new Promise((resolve) => call.once('error', resolve));
      call.resume();
      expect(await ended).toMatchObject({ code: status.DEADLINE_EXCEEDED });
      await vi.waitFor(() => expect(llm.requests[0]?.aborted).toBe(true));
      // Whatever the service would send again it would send before it answers this.
      script = () => ({ text: 'fine' });
      await outcome(name, '');
      expect(llm.requests).toHaveLength(2);
    });

    it('begin no wait for a retry that ends after the deadline', async () => {
      script = () => ({ status: 429, headers: { 'retry-after': '20' } });
      for await (const message of services[name]('', undefined, inMs(10_000))) {
        const { error } = outcomeOf((message as { result: Result }).result);
        expect(error).toMatchObject({ code: status.RESOURCE_EXHAUSTED, retryable: true });
        expect(error?.message).toContain('no time is left for a retry before the deadline');
      }
      expect(llm.requests).toHaveLength(1);
    });
  });
});
