import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { ChatRequest } from '../chat/chat-model.js';
import { OpenAiChatModel, type OpenAiChatModelOptions } from './openai-chat-model.js';

type Body = Record<string, unknown>;
type Handler = (response: ServerResponse, body: Body, index: number) => void;

const success = (text: unknown, finish = 'stop'): Body => ({
  choices: [{ index: 0, message: { role: 'assistant', content: text }, finish_reason: finish }],
  usage: { prompt_tokens: 7, completion_tokens: 3, prompt_tokens_details: { cached_tokens: 5 } },
});

const request: ChatRequest = {
  model: 'm',
  messages: [{ role: 'user', content: 'hello' }],
  temperature: 0.5,
  topP: 1,
  maxTokens: 8,
  stop: [],
  seed: 11,
};

function reply(
  response: ServerResponse,
  status: number,
  body: unknown,
  headers: Record<string, string> = {},
): void {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(text);
}

describe('the openai chat model', () => {
  let server: Server;
  let handler: Handler;
  let bodies: Body[];
  let closed: number;
  let sockets: Set<unknown>;
  let models: OpenAiChatModel[];

  beforeEach(async () => {
    bodies = [];
    closed = 0;
    sockets = new Set();
    models = [];
    handler = (response) => reply(response, 200, success('hi'));
    server = createServer((incoming, response) => {
      sockets.add(incoming.socket);
      response.once('close', () => (closed += response.writableFinished ? 0 : 1));
      let raw = '';
      incoming.setEncoding('utf8');
      incoming.on('data', (chunk: string) => (raw += chunk));
      incoming.on('end', () => {
        const body = JSON.parse(raw) as Body;
        bodies.push(body);
        handler(response, body, bodies.length - 1);
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  });

  afterEach(async () => {
    for (const model of models) model.close();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });

  function chat(options: Partial<OpenAiChatModelOptions> = {}): OpenAiChatModel {
    const { port } = server.address() as AddressInfo;
    const model = new OpenAiChatModel({
      baseUrl: `http://127.0.0.1:${port}/v1`,
      retry: { baseMs: 1, capMs: 2 },
      ...options,
    });
    models.push(model);
    return model;
  }

  it('sends every decoding parameter and returns text, finish reason and usage', async () => {
    handler = (response) => reply(response, 200, success('hi there', 'length'));
    const result = await chat().complete({ ...request, stop: ['\n'] });
    expect(bodies[0]).toEqual({
      model: 'm',
      messages: [{ role: 'user', content: 'hello' }],
      temperature: 0.5,
      top_p: 1,
      max_tokens: 8,
      stop: ['\n'],
      seed: 11,
    });
    expect(result).toEqual({
      text: 'hi there',
      finishReason: 'length',
      usage: { calls: 1, promptTokens: 7, completionTokens: 3, cachedPromptTokens: 5 },
    });
  });

  it('retries 429, 5xx and malformed answers and sums the usage of all attempts', async () => {
    handler = (response, _body, index) => {
      if (index === 0) reply(response, 429, { error: { message: 'slow down' } }, { 'retry-after': '0' });
      else if (index === 1) reply(response, 500, { error: { message: 'oops' } });
      else if (index === 2) reply(response, 200, { choices: [], usage: { prompt_tokens: 7 } });
      else reply(response, 200, success('hi'));
    };
    const { text, usage } = await chat().complete(request);
    expect(text).toBe('hi');
    expect(usage).toEqual({ calls: 4, promptTokens: 14, completionTokens: 3, cachedPromptTokens: 5 });
  });

  it('waits as long as Retry-After says', async () => {
    handler = (response, _body, index) => {
      if (index === 0) reply(response, 429, {}, { 'retry-after': '0.15' });
      else reply(response, 200, success('hi'));
    };
    const begin = performance.now();
    await chat().complete(request);
    expect(performance.now() - begin).toBeGreaterThanOrEqual(140);
  });

  it.each([
    [400, 'INVALID_REQUEST'],
    [401, 'UNAUTHENTICATED'],
    [404, 'MODEL_NOT_FOUND'],
    [422, 'INVALID_REQUEST'],
  ])('does not retry %i', async (status, code) => {
    handler = (response) => reply(response, status, { error: { message: 'no' } });
    await expect(chat().complete(request)).rejects.toMatchObject({
      code,
      status,
      retryable: false,
      usage: { calls: 1 },
    });
    expect(bodies).toHaveLength(1);
  });

  it('gives up after its attempts with a typed error and what they cost', async () => {
    handler = (response) => reply(response, 503, { error: { message: 'loading' } });
    await expect(
      chat({ retry: { attempts: 3, baseMs: 1, capMs: 1 } }).complete(request),
    ).rejects.toMatchObject({
      code: 'UNAVAILABLE',
      status: 503,
      retryable: true,
      usage: { calls: 3 },
    });
  });

  it.each([
    ['an empty body', ''],
    ['no JSON', '<html>'],
    ['no content', success(null)],
  ])('calls %s malformed', async (_name, body) => {
    handler = (response) => reply(response, 200, body);
    await expect(chat({ retry: { attempts: 1 } }).complete(request)).rejects.toMatchObject({
      code: 'MALFORMED',
    });
  });

  it('accepts an empty completion: it is a fact about the model', async () => {
    handler = (response) => reply(response, 200, success(''));
    await expect(chat().complete(request)).resolves.toMatchObject({ text: '' });
  });

  it('retries a dropped connection and reports a refused one without counting a call', async () => {
    handler = (response, _body, index) => {
      if (index === 0) response.destroy();
      else reply(response, 200, success('hi'));
    };
    await expect(chat().complete(request)).resolves.toMatchObject({ usage: { calls: 2 } });
    const refused = chat({ baseUrl: 'http://127.0.0.1:1/v1', retry: { attempts: 2, baseMs: 1, capMs: 1 } });
    await expect(refused.complete(request)).rejects.toMatchObject({
      code: 'UNAVAILABLE',
      usage: { calls: 0 },
    });
  });

  it('closes the HTTP request when the signal is aborted', async () => {
    handler = () => {};
    const abort = new AbortController();
    const call = chat().complete({ ...request, signal: abort.signal });
    const outcome = call.catch((error: unknown) => error);
    await vi.waitFor(() => expect(bodies).toHaveLength(1));
    abort.abort();
    expect(await outcome).toMatchObject({ code: 'CANCELLED', retryable: false });
    await vi.waitFor(() => expect(closed).toBe(1));
  });

  it('stops waiting for a retry when the signal is aborted', async () => {
    handler = (response) => reply(response, 429, {}, { 'retry-after': '30' });
    const abort = new AbortController();
    const call = chat().complete({ ...request, signal: abort.signal });
    const outcome = call.catch((error: unknown) => error);
    await vi.waitFor(() => expect(bodies).toHaveLength(1));
    abort.abort();
    expect(await outcome).toMatchObject({ code: 'CANCELLED', usage: { calls: 1 } });
  });

  it('times an attempt out, and does not retry past the deadline', async () => {
    handler = () => {};
    await expect(
      chat({ timeoutMs: 30, retry: { attempts: 2, baseMs: 1, capMs: 1 } }).complete(request),
    ).rejects.toMatchObject({ code: 'TIMEOUT', usage: { calls: 2 } });
    bodies.length = 0;
    await expect(chat().complete({ ...request, deadlineMs: 40 })).rejects.toMatchObject({ code: 'TIMEOUT' });
    expect(bodies).toHaveLength(1);
  });

  it('keeps no more calls in flight than its concurrency, over kept-alive connections', async () => {
    const held: ServerResponse[] = [];
    let peak = 0;
    handler = (response) => {
      held.push(response);
      peak = Math.max(peak, held.length);
      // Answered only in threes: with a lower limit than three this would never end.
      if (held.length === 3) for (const waiting of held.splice(0)) reply(waiting, 200, success('hi'));
    };
    const model = chat({ concurrency: 3 });
    await Promise.all(Array.from({ length: 21 }, () => model.complete(request)));
    expect(peak).toBe(3);
    expect(sockets.size).toBe(3);
  });
});
