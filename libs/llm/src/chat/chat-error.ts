import { noUsage, type Usage } from '@trprompt/core';

/** Why a completion failed. */
export type ChatErrorCode =
  /** The endpoint refused for load (429). */
  | 'RATE_LIMITED'
  /** No connection, or 5xx. */
  | 'UNAVAILABLE'
  /** An attempt or all of them together took too long. */
  | 'TIMEOUT'
  /** The caller's signal was aborted. */
  | 'CANCELLED'
  /** 400, 413, 422 and other refusals of the request itself. */
  | 'INVALID_REQUEST'
  /** 401 or 403. */
  | 'UNAUTHENTICATED'
  /** 404: the endpoint does not serve this model, or not at this address. */
  | 'MODEL_NOT_FOUND'
  /** A success without a usable completion in it. */
  | 'MALFORMED';

const retryable: ReadonlySet<ChatErrorCode> = new Set([
  'RATE_LIMITED',
  'UNAVAILABLE',
  'TIMEOUT',
  'MALFORMED',
]);

export interface ChatErrorDetails extends ErrorOptions {
  /** HTTP status, where there was one. */
  status?: number;
  /** The endpoint's wish, milliseconds from its answer (Retry-After). */
  retryAfterMs?: number;
  /** What the failed attempts cost. Default: nothing. */
  usage?: Usage;
}

/** A failed completion. The message is one sentence for a person. */
export class ChatError extends Error {
  override name = 'ChatError';
  readonly status: number | undefined;
  readonly retryAfterMs: number | undefined;
  readonly usage: Usage;

  constructor(
    readonly code: ChatErrorCode,
    message: string,
    details: ChatErrorDetails = {},
  ) {
    super(message, details);
    this.status = details.status;
    this.retryAfterMs = details.retryAfterMs;
    this.usage = details.usage ?? noUsage();
  }

  /** True when the same request may succeed later. */
  get retryable(): boolean {
    return retryable.has(this.code);
  }

  /** The same failure with what all attempts cost. */
  withUsage(usage: Usage): ChatError {
    const { status, retryAfterMs, cause } = this;
    return new ChatError(this.code, this.message, { status, retryAfterMs, usage, cause });
  }
}
