import { status } from '@grpc/grpc-js';
import { Decoding } from '@trprompt/proto/inference/v1/inference';
import { AnswerRequest, Placement, TargetLlmServiceService } from '@trprompt/proto/target_llm/v1/target_llm';
import { createLogger } from '@trprompt/service';
import { start, targetLlmConfig } from '@trprompt/target-llm';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { RawClient } from '../support/raw-client.js';
import { startScriptedOpenAi, type Script, type ScriptedOpenAi } from '../support/scripted-openai.js';

const { answer } = TargetLlmServiceService;

type Fields = Partial<Omit<AnswerRequest, 'decoding'>> & { decoding?: Partial<Decoding> };

describe('the target model service', () => {
  let llm: ScriptedOpenAi;
  let service: Awaited<ReturnType<typeof start>>;
  let client: RawClient;
  let script: Script;

  beforeEach(() => {
    llm.reset();
    script = (request) => ({ text: `to: ${request.messages.at(-1)?.content}` });
  });

  beforeAll(async () => {
    llm = await startScriptedOpenAi({ script: (request, index) => script(request, index) });
    const config = targetLlmConfig.parse({
      TRPROMPT_LLM_BASE_URL: llm.baseUrl,
      TRPROMPT_LLM_MODEL: 'default-model',
      TRPROMPT_DRAIN_SECONDS: 0,
    });
    service = await start(config, { ownsProcess: false, logger: createLogger('target-llm', 'silent') });
    client = new RawClient(service.address);
  });

  afterAll(async () => {
    client.close();
    await service.close();
    await llm.close();
  });

  const item = (itemId: string, prompt = 'Reply shortly.', question = 'What is 1 + 1?') => ({
    itemId,
    question,
    prompt,
    seed: 7,
    idempotencyKey: '',
  });

  function requestOf({ decoding, ...fields }: Fields): AnswerRequest {
    return AnswerRequest.fromPartial({
      items: [item('a')],
      ...fields,
      decoding: decoding && Decoding.fromPartial(decoding),
    });
  }

  it('answers every item with its own seed and the decoding of the request', async () => {
    const [message] = await client.all(
      answer,
      requestOf({ model: 'm', decoding: { temperature: 0.5, topP: 0.9, maxTokens: 5, stop: ['\n'] } }),
    );
    expect(message).toEqual({
      itemId: 'a',
      result: {
        $case: 'completion',
        value: {
          text: 'to: What is 1 + 1?\n\nReply shortly.',
          finishReason: 'stop',
          usage: { calls: 1, promptTokens: 8, completionTokens: 9, cachedPromptTokens: 0 },
        },
      },
    });
    expect(JSON.parse(llm.requests[0]?.raw ?? '')).toEqual({
      model: 'm',
      messages: [{ role: 'user', content: 'What is 1 + 1?\n\nReply shortly.' }],
      temperature: 0.5,
      top_p: 0.9,
      max_tokens: 5,
      stop: ['\n'],
      seed: 7,
    });
  });

  it('streams results in order of completion', async () => {
    const delays: Record<string, number> = { slow: 150, middle: 75, fast: 0 };
    script = (request) => {
      const text = request.messages.at(-1)?.content ?? '';
      return { text, delayMs: delays[text] ?? 0 };
    };
    const items = Object.keys(delays).map((name) => item(name, '', name));
    const messages = await client.all(answer, requestOf({ items }));
    expect(messages.map(({ itemId }) => itemId)).toEqual(['fast', 'middle', 'slow']);
  });

  it.each([
    [Placement.PLACEMENT_APPEND, [{ role: 'user', content: 'Q\n\nP' }]],
    [Placement.PLACEMENT_PREPEND, [{ role: 'user', content: 'P\n\nQ' }]],
    [
      Placement.PLACEMENT_SYSTEM,
      [
        { role: 'system', content: 'P' },
        { role: 'user', content: 'Q' },
      ],
    ],
  ])('places the prompt as asked (%i)', async (placement, messages) => {
    await client.all(answer, requestOf({ placement, items: [item('a', 'P', 'Q')] }));
    expect(llm.requests[0]?.messages).toEqual(messages);
  });

  it('asks the bare question when the prompt is empty, with system text and role of the request', async () => {
    await client.all(answer, requestOf({ system: 'Be exact.', role: 'system', items: [item('a', '', 'Q')] }));
    expect(llm.requests[0]).toMatchObject({
      model: 'default-model',
      messages: [
        { role: 'system', content: 'Be exact.' },
        { role: 'system', content: 'Q' },
      ],
    });
  });

  it('retries what may pass, and counts every call', async () => {
    script = (_request, index) =>
      index === 0
        ? { status: 429, headers: { 'retry-after': '0' } }
        : index === 1
          ? { status: 500 }
          : { text: 'done', finishReason: 'length' };
    const [message] = await client.all(answer, requestOf({}));
    expect(message?.result).toMatchObject({
      $case: 'completion',
      value: { text: 'done', finishReason: 'length', usage: { calls: 3 } },
    });
  });

  it('reports an item that failed without harm to the others', async () => {
    script = (request) =>
      request.messages.at(-1)?.content === 'bad'
        ? { status: 400, body: { error: { message: 'context length exceeded' } } }
        : { text: 'fine' };
    const messages = await client.all(
      answer,
      requestOf({ items: [item('x', '', 'bad'), item('y', '', 'good')] }),
    );
    const results = new Map(messages.map(({ itemId, result }) => [itemId, result]));
    expect(results.get('y')).toMatchObject({ $case: 'completion', value: { text: 'fine' } });
    expect(results.get('x')).toMatchObject({
      $case: 'error',
      value: {
        code: status.INVALID_ARGUMENT,
        retryable: false,
        message: expect.stringContaining('context length exceeded') as string,
        usage: { calls: 1 },
      },
    });
  });

  it.each([
    [{ items: [] }, 'items is "0 items": send 1 to 4096 items'],
    [{ items: [item('a'), item('a')] }, 'items[1].item_id is "a"'],
    [{ items: [item('')] }, 'items[0].item_id is ""'],
    [{ items: [item('a', '', ' ')] }, 'items[0].question is " "'],
    [{ items: [{ ...item('a'), seed: -1 }] }, 'items[0].seed is -1'],
    [{ decoding: { temperature: 3 } }, 'decoding.temperature is 3'],
    [{ decoding: { topP: -1 } }, 'decoding.top_p is -1'],
    [{ role: 'tool' }, 'role is "tool"'],
    [{ placement: 9 as Placement }, 'placement is'],
  ])('refuses %j and names the field', async (fields, message) => {
    const failure = await client.failure(answer, requestOf(fields));
    expect(failure.code).toBe(status.INVALID_ARGUMENT);
    expect(failure.details).toContain(message);
    expect(llm.requests).toEqual([]);
  });

  it('says which templates there are when asked for another', async () => {
    const failure = await client.failure(answer, requestOf({ template: 'none/v9' }));
    expect(failure).toMatchObject({
      code: status.NOT_FOUND,
      details: 'template is "none/v9": this service has target-llm/v1',
    });
  });

  it('closes the HTTP requests of a call that its client cancelled', async () => {
    script = () => ({ hang: true });
    const call = client.stream(answer, requestOf({ items: [item('a'), item('b')] }));
    const ended = new Promise((resolve) => call.once('error', resolve));
    await vi.waitFor(() => expect(llm.requests).toHaveLength(2));
    call.cancel();
    expect(await ended).toMatchObject({ code: status.CANCELLED });
    await vi.waitFor(() => expect(llm.requests.map(({ aborted }) => aborted)).toEqual([true, true]));
  });
});
