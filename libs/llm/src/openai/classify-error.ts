import { APIConnectionError, APIConnectionTimeoutError, APIError, APIUserAbortError } from 'openai';
import { ChatError, type ChatErrorCode } from '../chat/chat-error.js';
import { noUsage, type Usage } from '@trprompt/core';
import { parseRetryAfter } from '../retry/retry-delay.js';

/** Total classification of what the openai client throws. `where` names endpoint and model for the message. */
export function classifyError(error: unknown, where: string, signal?: AbortSignal): ChatError {
  if (error instanceof ChatError) return error;
  if (
    signal?.aborted ||
    error instanceof APIUserAbortError ||
    (error instanceof Error && error.name === 'AbortError')
  )
    return new ChatError('CANCELLED', `the call to ${where} was cancelled`, {
      cause: error,
      usage: oneCall(),
    });
  if (error instanceof APIConnectionTimeoutError)
    return new ChatError(
      'TIMEOUT',
      `${where} did not answer in time: raise the timeout or lower the concurrency`,
      {
        cause: error,
        usage: oneCall(),
      },
    );
  if (error instanceof APIConnectionError)
    return new ChatError(
      'UNAVAILABLE',
      `${where} cannot be reached (${rootCause(error)}): check that it runs and its base URL`,
      {
        cause: error,
        usage: neverArrived(error) ? noUsage() : oneCall(),
      },
    );
  if (error instanceof APIError && typeof error.status === 'number')
    return classifyStatus(error, error.status, where);
  return new ChatError(
    'MALFORMED',
    `${where} sent what is no completion (${String(error)}): check that it speaks the OpenAI API`,
    {
      cause: error,
      usage: oneCall(),
    },
  );
}

function classifyStatus(error: APIError, status: number, where: string): ChatError {
  const headers: unknown = error.headers;
  const retryAfter = headers instanceof Headers ? headers.get('retry-after') : undefined;
  return new ChatError(codeOf(status), `${where} answered ${status}: ${cut(error.message)}`, {
    status,
    retryAfterMs: parseRetryAfter(retryAfter, Date.now()),
    usage: oneCall(),
    cause: error,
  });
}

function codeOf(status: number): ChatErrorCode {
  if (status === 429) return 'RATE_LIMITED';
  if (status === 408) return 'TIMEOUT';
  if (status === 404) return 'MODEL_NOT_FOUND';
  if (status === 401 || status === 403) return 'UNAUTHENTICATED';
  return status >= 500 ? 'UNAVAILABLE' : 'INVALID_REQUEST';
}

const oneCall = (): Usage => ({ ...noUsage(), calls: 1 });

function neverArrived(error: Error): boolean {
  const cause: unknown = error.cause;
  const code = typeof cause === 'object' && cause !== null && 'code' in cause ? cause.code : undefined;
  return code === 'ECONNREFUSED' || code === 'ENOTFOUND' || code === 'EAI_AGAIN';
}

function rootCause(error: Error): string {
  return error.cause instanceof Error ? error.cause.message : error.message;
}

function cut(text: string): string {
  return text.length > 300 ? `${text.slice(0, 297)}...` : text;
}
