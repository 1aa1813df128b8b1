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
  | 'MALFORMED'
  /** An answer beyond the limit of bytes; it was not read to its end. */
  | 'TOO_LARGE';

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
  /** True: the endpoint as a whole is away, its circuit is open. Default false. */
  outage?: boolean;
}

/** A failed completion. The message is one sentence for a person. */
export class ChatError extends Error {
  override name = 'ChatError';
  readonly status: number | undefined;
  readonly retryAfterMs: number | undefined;
  readonly usage: Usage;
  readonly outage: boolean;

  constructor(
    readonly code: ChatErrorCode,
    message: string,
    details: ChatErrorDetails = {},
  ) {
    super(message, details);
    this.status = details.status;
    this.retryAfterMs = details.retryAfterMs;
    this.usage = details.usage ?? noUsage();
    this.outage = details.outage ?? false;
  }

  /** True when the same request may succeed later. */
  get retryable(): boolean {
    return retryable.has(this.code);
  }

  /** The same failure with what all attempts cost, and a remark at the end of its message. */
  withUsage(usage: Usage, remark = ''): ChatError {
    const { status, retryAfterMs, cause, outage } = this;
    return new ChatError(this.code, `${this.message}${remark}`, {
      status,
      retryAfterMs,
      usage,
      cause,
      outage,
    });
  }
}

/** The failure of an item whose idempotency key was used for another request. */
export function refusedKey(message: string): ChatError {
  return new ChatError('INVALID_REQUEST', message);
}
