import { status } from '@grpc/grpc-js';
import {
  CriticMode,
  CritiqueRequest,
  RewardCriticServiceService,
  type CritiqueItem,
} from '@trprompt/proto/reward_critic/v1/reward_critic';
import { rewardCriticConfig, start } from '@trprompt/reward-critic';
import { createLogger } from '@trprompt/service';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { RawClient } from '../support/raw-client.js';
import { startScriptedOpenAi, type Script, type ScriptedOpenAi } from '../support/scripted-openai.js';

const { critique } = RewardCriticServiceService;

describe('the reward critic service', () => {
  let llm: ScriptedOpenAi;
  let service: Awaited<ReturnType<typeof start>>;
  let client: RawClient;
  let script: Script;

  beforeAll(async () => {
    llm = await startScriptedOpenAi({ script: (request, index) => script(request, index) });
    const config = rewardCriticConfig.parse({
      TRPROMPT_LLM_BASE_URL: llm.baseUrl,
      TRPROMPT_LLM_MODEL: 'default-model',
      TRPROMPT_DRAIN_SECONDS: 0,
    });
    service = await start(config, { ownsProcess: false, logger: createLogger('reward-critic', 'silent') });
    client = new RawClient(service.address);
  });

  beforeEach(() => {
    llm.reset();
    script = () => ({ text: 'The prompt is a clear command.' });
  });

  afterAll(async () => {
    client.close();
    await service.close();
    await llm.close();
  });

  const right = {
    correct: true,
    extracted: '1450',
    method: 'last_number',
    reason: 'equals the gold answer',
    verdicts: {},
  };
  const wrong = {
    correct: false,
    extracted: '9',
    method: 'stated',
    reason: 'differs from the gold answer',
    verdicts: {},
  };

  const item = (itemId: string, fields: Partial<CritiqueItem> = {}): CritiqueItem => ({
    itemId,
    idempotencyKey: '',
    question: 'What is 29 * 50?',
    prompt: 'Reply with only the final number.',
    answer: '1450',
    gold: '1450',
    verdict: right,
    seed: 3,
    answerFinishReason: 'stop',
    ...fields,
  });

  const requestOf = (fields: Partial<CritiqueRequest> = {}): CritiqueRequest => ({
    ...CritiqueRequest.fromPartial({}),
    items: [item('a')],
    ...fields,
  });

  async function rewards(request: CritiqueRequest) {
    const messages = await client.all(critique, request);
    return messages.map(({ itemId, result }) => {
      if (result?.$case !== 'reward') throw new Error(`item ${itemId} has no reward`);
      return { itemId, ...result.value };
    });
  }

  it('lets a model that sees the gold answer write the reward', async () => {
    const [reward] = await rewards(requestOf({ mode: CriticMode.CRITIC_MODE_LLM, system: 'Be kind.' }));
    expect(reward).toMatchObject({
      text: 'The prompt is a clear command.',
      redactions: 0,
      usage: { calls: 1 },
    });
    expect(llm.requests[0]?.messages[0]).toEqual({ role: 'system', content: 'Be kind.' });
    expect(llm.requests[0]?.messages[1]?.content).toContain('1450');
    expect(llm.requests[0]).toMatchObject({ model: 'default-model', seed: 3, temperature: 0 });
  });

  it('redacts the gold answer from the reward in every notation and counts the places', async () => {
    script = () => ({ text: 'It should say 1450, that is 1,450.00; 14500 is another number.' });
    const [reward] = await rewards(requestOf());
    expect(reward?.redactions).toBe(2);
    expect(reward?.text).not.toMatch(/1450\b|1,450/);
    expect(reward?.text).toContain('14500');
  });

  it('composes rewards from facts without any model call in mode verifier', async () => {
    const items = [
      item('a'),
      item('b', { verdict: wrong, answer: 'The answer is 9', prompt: 'I can help!' }),
    ];
    const [good, bad] = await rewards(requestOf({ mode: CriticMode.CRITIC_MODE_VERIFIER, items }));
    expect(good).toMatchObject({ itemId: 'a', redactions: 0, usage: { calls: 0 } });
    expect(good?.text).toContain('right');
    expect(bad?.text).toContain('wrong');
    expect(good?.text).not.toBe(bad?.text);
    expect(llm.requests).toEqual([]);
  });

  it('composes a full batch of 4096 rewards in the time of a few model calls', async () => {
    const items = Array.from({ length: 4096 }, (_, index) => item(String(index)));
    const begin = performance.now();
    expect(await rewards(requestOf({ mode: CriticMode.CRITIC_MODE_VERIFIER, items }))).toHaveLength(4096);
    expect(performance.now() - begin).toBeLessThan(5_000);
  });

  it('gives the model the graded facts instead of the gold answer in mode hybrid', async () => {
    const items = [item('a', { verdict: wrong, answer: 'nine', gold: '1450' })];
    const [reward] = await rewards(requestOf({ mode: CriticMode.CRITIC_MODE_HYBRID, items }));
    expect(reward?.text).toBe('The prompt is a clear command.');
    const sent = llm.requests[0]?.messages.at(-1)?.content ?? '';
    expect(sent).toContain('The answer was wrong');
    expect(sent).not.toContain('1450');
  });

  it('tells the model in mode llm what a judge found, with the template for it', async () => {
    const judged = { ...wrong, verdicts: { tie: false, inconsistent: false, unreadable: false } };
    const items = [item('a', { verdict: judged, gold: '' })];
    await rewards(requestOf({ mode: CriticMode.CRITIC_MODE_LLM, template: 'critic-judge/v1', items }));
    expect(llm.requests[0]?.messages.at(-1)?.content).toContain(
      'A judge found the response worse than the one it was compared with.',
    );
  });

  it('streams rewards in order of completion and reports an empty one as an error of its item', async () => {
    script = (request) => {
      const content = request.messages.at(-1)?.content ?? '';
      if (content.includes('silent')) return { text: '  ' };
      return { text: 'fine', delayMs: content.includes('slow') ? 400 : 0 };
    };
    const items = [item('slow', { prompt: 'slow' }), item('silent', { prompt: 'silent' }), item('fast')];
    const messages = await client.all(critique, requestOf({ items }));
    expect(messages.at(-1)?.itemId).toBe('slow');
    expect(messages.find(({ itemId }) => itemId === 'silent')?.result).toMatchObject({
      $case: 'error',
      value: {
        retryable: true,
        message: expect.stringContaining('wrote nothing') as string,
        usage: { calls: 1 },
      },
    });
  });

  it('retries what may pass', async () => {
    script = (_request, index) => (index === 0 ? { status: 503 } : { text: 'fine' });
    const [reward] = await rewards(requestOf());
    expect(reward).toMatchObject({ text: 'fine', usage: { calls: 2 } });
  });

  it.each([
    [{ items: [] }, 'items is "0 items"'],
    [{ items: [item('a'), item('a')] }, 'items[1].item_id is "a"'],
    [{ items: [item('a', { question: '' })] }, 'items[0].question is ""'],
    [{ items: [item('a', { answerFinishReason: 'tired' })] }, 'items[0].answer_finish_reason is "tired"'],
    [{ mode: 8 as CriticMode }, 'mode is'],
    [
      { mode: CriticMode.CRITIC_MODE_VERIFIER, items: [item('a', { verdict: undefined })] },
      'items[0].verdict is null: mode verifier needs it',
    ],
    [
      { mode: CriticMode.CRITIC_MODE_HYBRID, items: [item('a', { verdict: { ...right, method: 'guess' } })] },
      'items[0].verdict.method is "guess"',
    ],
  ])('refuses a request that is wrong and names the field (%#)', async (fields, message) => {
    const failure = await client.failure(critique, requestOf(fields));
    expect(failure.code).toBe(status.INVALID_ARGUMENT);
    expect(failure.details).toContain(message);
    expect(llm.requests).toEqual([]);
  });

  it('does not know a template that is not there', async () => {
    const failure = await client.failure(critique, requestOf({ template: 'critic/v99' }));
    expect(failure).toMatchObject({ code: status.NOT_FOUND });
  });

  it('closes the HTTP request when its client cancels', async () => {
    script = () => ({ hang: true });
    const call = client.stream(critique, requestOf());
    call.on('error', () => undefined);
    await vi.waitFor(() => expect(llm.requests).toHaveLength(1));
    call.cancel();
    await vi.waitFor(() => expect(llm.requests[0]?.aborted).toBe(true));
  });
});
