import { setTimeout as delay } from 'node:timers/promises';
import { fullJitterMs, type GradingSettings } from '@trprompt/core';
import { z } from 'zod';
import { Grader, GraderFailure, type GradedVerdict, type GradeRequest } from '../grader.js';
import { checkLength } from '../text-limit.js';
import { customVerdict } from './custom-verdict.js';
import { endpointTimeoutMs } from './endpoint-timeout.js';

const ATTEMPTS = 5;
const BACKOFF = { initialDelayMs: 100, maxDelayMs: 5000 };
/** Bytes of an answer that are read. */
const MOST_BYTES = 1024 * 1024;

const answerSchema = z.object({
  correct: z.boolean(),
  extracted: z.string().nullish(),
  reason: z.string().nullish(),
});

/** An attempt that failed; undefined `retryAfterMs`: the same call would fail again. */
class AttemptFailure extends Error {
  constructor(
    message: string,
    readonly retryAfterMs: number | undefined,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/**
 * Kind `custom` with an HTTP endpoint: POST of `{question, prompt, response, gold}` as JSON, answered by `{correct, extracted?, reason?}`. What an endpoint
 * does not answer for a moment (connection refused, 408, 425, 429, 5xx) is asked again until the time is over.
 */
export class HttpGrader extends Grader {
  readonly #url: string;
  readonly #timeoutMs: number;
  readonly #closed = new AbortController();

  constructor(
    { custom }: GradingSettings,
    private readonly random: () => number = Math.random,
  ) {
    super();
    this.#url = custom.url;
    this.#timeoutMs = endpointTimeoutMs(custom);
  }

  async grade(request: GradeRequest, signal: AbortSignal): Promise<GradedVerdict> {
    const { question, prompt = '', text, gold } = request;
    checkLength(text);
    const body = JSON.stringify({ question, prompt, response: text, gold });
    const overtime = AbortSignal.timeout(this.#timeoutMs);
    const limits = AbortSignal.any([signal, overtime, this.#closed.signal]);
    let last = '';
    for (let attempt = 1; ; attempt++) {
      try {
        return customVerdict(await this.#ask(body, limits));
      } catch (error) {
        signal.throwIfAborted();
        if (overtime.aborted)
          throw this.#failure(
            `gave no answer within ${this.#timeoutMs / 1000} s${last}: make it faster, or raise grading.custom.timeoutSeconds`,
            error,
          );
        if (!(error instanceof AttemptFailure)) throw error;
        if (error.retryAfterMs === undefined || attempt >= ATTEMPTS)
          throw this.#failure(error.message, error);
        last = ` (it ${error.message})`;
        const pauseMs = Math.max(error.retryAfterMs, fullJitterMs(attempt, BACKOFF, this.random()));
        await delay(pauseMs, undefined, { signal: limits }).catch(() => undefined);
      }
    }
  }

  close(): Promise<void> {
    this.#closed.abort(new GraderFailure('the grader was closed'));
    return Promise.resolve();
  }

  async #ask(body: string, signal: AbortSignal): Promise<Parameters<typeof customVerdict>[0]> {
    signal.throwIfAborted();
    const response = await fetch(this.#url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'application/json' },
      body,
      // Where it is answered is the operator's decision, not the endpoint's.
      redirect: 'manual',
      signal,
    }).catch((error: unknown) => {
      throw new AttemptFailure(`is not reachable: ${causeOf(error)}`, 0, { cause: error });
    });
    if (response.status !== 200) {
      await response.body?.cancel();
      throw new AttemptFailure(`answered with status ${response.status}`, retryAfterMs(response));
    }
    return answerOf(await textOf(response));
  }

  #failure(what: string, cause: unknown): GraderFailure {
    return new GraderFailure(`the grader at ${this.#url} ${what}`, { cause });
  }
}

/** Milliseconds to wait before the next try; undefined: none would help. */
function retryAfterMs({ status, headers }: Response): number | undefined {
  if (status < 500 && ![408, 425, 429].includes(status)) return undefined;
  const seconds = Number(headers.get('retry-after') ?? 0);
  return Number.isFinite(seconds) && seconds > 0 ? seconds * 1000 : 0;
}

async function textOf(response: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  const body = (response.body ?? []) as AsyncIterable<Uint8Array>;
  try {
    for await (const chunk of body) {
      bytes += chunk.length;
      if (bytes > MOST_BYTES)
        throw new AttemptFailure(
          `answered with more than ${MOST_BYTES} bytes: a verdict is small`,
          undefined,
        );
      chunks.push(chunk);
    }
  } catch (error) {
    if (error instanceof AttemptFailure) throw error;
    throw new AttemptFailure(`broke off its answer: ${causeOf(error)}`, 0, { cause: error });
  }
  return Buffer.concat(chunks).toString('utf8');
}

function answerOf(text: string): Parameters<typeof customVerdict>[0] {
  let given: unknown;
  try {
    given = JSON.parse(text);
  } catch {
    throw new AttemptFailure(`answered with what is no JSON: ${text.slice(0, 100)}`, undefined);
  }
  const parsed = answerSchema.safeParse(given);
  if (!parsed.success)
    throw new AttemptFailure(
      `answered ${text.slice(0, 100)}: it must answer {"correct": true or false, "extracted": text, "reason": text}`,
      undefined,
    );
  const { correct, extracted, reason } = parsed.data;
  return { correct, extracted: extracted ?? undefined, reason: reason ?? undefined };
}

function causeOf(error: unknown): string {
  const { cause = error } = error instanceof Error ? error : { cause: error };
  return cause instanceof Error ? cause.message || cause.name : String(cause);
}
