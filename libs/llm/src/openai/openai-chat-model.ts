import OpenAI from 'openai';
import pLimit, { type LimitFunction } from 'p-limit';
import { ChatError } from '../chat/chat-error.js';
import { ChatModel, type ChatCompletion, type ChatRequest } from '../chat/chat-model.js';
import { addUsage, noUsage, type Usage } from '@trprompt/core';
import { defaultRetryPolicy, retryDelayMs, type RetryPolicy } from '../retry/retry-delay.js';
import { sleep } from '../retry/sleep.js';
import { classifyError } from './classify-error.js';
import { keepAliveFetch } from './keep-alive-fetch.js';
import { parseCompletion } from './parse-completion.js';

export interface OpenAiChatModelOptions {
  /** Ends in /v1. */
  baseUrl: string;
  /** Bearer token. Default "none". */
  apiKey?: string;
  /** Calls in flight at once, at least 1; the others wait in order. Default 64. */
  concurrency?: number;
  /** Milliseconds that one attempt may take. Default 120,000. */
  timeoutMs?: number;
  /** Default: 5 attempts, full jitter from 250 ms to 8 s, Retry-After up to 60 s. */
  retry?: Partial<RetryPolicy>;
  /** Source of the jitter, in [0, 1). Default Math.random. */
  random?: () => number;
}

/**
 * Chat completions of one OpenAI-compatible endpoint over the `openai` client: one connection pool, one concurrency limit, our own retries
 * (a call that waits for its retry keeps its place, so an overloaded endpoint gets fewer calls, not others).
 */
export class OpenAiChatModel extends ChatModel {
  readonly #client: OpenAI;
  readonly #limit: LimitFunction;
  readonly #retry: RetryPolicy;
  readonly #timeoutMs: number;
  readonly #random: () => number;
  readonly #baseUrl: string;
  readonly #closePool: () => void;

  constructor(options: OpenAiChatModelOptions) {
    super();
    const concurrency = options.concurrency ?? 64;
    const pool = keepAliveFetch(concurrency);
    this.#closePool = pool.close;
    this.#baseUrl = options.baseUrl;
    this.#timeoutMs = options.timeoutMs ?? 120_000;
    this.#retry = { ...defaultRetryPolicy, ...options.retry };
    this.#random = options.random ?? Math.random;
    this.#limit = pLimit(concurrency);
    this.#client = new OpenAI({
      baseURL: options.baseUrl,
      apiKey: options.apiKey ?? 'none',
      // The client would read these from the environment; only the configuration decides.
      organization: null,
      project: null,
      maxRetries: 0,
      logLevel: 'off',
      fetch: pool.fetch,
    });
  }

  override complete(request: ChatRequest): Promise<ChatCompletion> {
    const deadlineAt = request.deadlineMs === undefined ? Infinity : performance.now() + request.deadlineMs;
    return this.#limit(() => this.#completeWithRetries(request, deadlineAt));
  }

  /** Closes idle connections. */
  close(): void {
    this.#closePool();
  }

  async #completeWithRetries(request: ChatRequest, deadlineAt: number): Promise<ChatCompletion> {
    const where = `${this.#baseUrl} (model ${request.model})`;
    let spent: Usage = noUsage();
    for (let failures = 1; ; failures++) {
      try {
        const completion = await this.#attempt(request, where, deadlineAt);
        return spent.calls === 0 ? completion : { ...completion, usage: addUsage(spent, completion.usage) };
      } catch (thrown) {
        const error = classifyError(thrown, where, request.signal);
        spent = addUsage(spent, error.usage);
        const delayMs = error.retryable
          ? retryDelayMs(this.#retry, failures, this.#random(), error.retryAfterMs)
          : undefined;
        if (delayMs === undefined || performance.now() + delayMs >= deadlineAt) throw error.withUsage(spent);
        await this.#wait(delayMs, request.signal, where, spent);
      }
    }
  }

  async #attempt(request: ChatRequest, where: string, deadlineAt: number): Promise<ChatCompletion> {
    if (request.signal?.aborted) throw new ChatError('CANCELLED', `the call to ${where} was cancelled`);
    const timeout = Math.floor(Math.min(this.#timeoutMs, deadlineAt - performance.now()));
    if (timeout < 1) throw new ChatError('TIMEOUT', `no time was left to call ${where}: raise the deadline`);
    const body: unknown = await this.#client.chat.completions.create(
      {
        model: request.model,
        messages: [...request.messages],
        temperature: request.temperature,
        top_p: request.topP,
        max_tokens: request.maxTokens,
        ...(request.stop.length > 0 ? { stop: [...request.stop] } : {}),
        ...(request.seed === undefined ? {} : { seed: request.seed }),
      },
      { timeout, ...(request.signal ? { signal: request.signal } : {}) },
    );
    return parseCompletion(body, where);
  }

  async #wait(ms: number, signal: AbortSignal | undefined, where: string, spent: Usage): Promise<void> {
    try {
      await sleep(ms, signal);
    } catch (cause) {
      throw new ChatError('CANCELLED', `the call to ${where} was cancelled`, { usage: spent, cause });
    }
  }
}
