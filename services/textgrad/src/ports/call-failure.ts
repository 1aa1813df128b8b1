import { noUsage, type Usage } from '@trprompt/llm';

/** A call to another service, or one item of it, that failed. */
export class CallFailure extends Error {
  override name = 'CallFailure';
  readonly retryable: boolean;
  /** What it cost all the same. */
  readonly usage: Usage;
  /** The endpoint as a whole is away: no question is to blame. */
  readonly outage: boolean;

  constructor(
    /** google.rpc.Code number. */
    readonly code: number,
    message: string,
    /** "item": this question alone failed; "call": the whole call did. */
    readonly scope: 'item' | 'call',
    details: { retryable: boolean; usage?: Usage; outage?: boolean; cause?: unknown },
  ) {
    super(message, { cause: details.cause });
    this.retryable = details.retryable;
    this.usage = details.usage ?? noUsage();
    this.outage = details.outage ?? false;
  }

  /** The same failure with what all attempts cost, and a remark at the end of its message. */
  withUsage(usage: Usage, remark = ''): CallFailure {
    const { code, scope, retryable, outage, cause } = this;
    return new CallFailure(code, `${this.message}${remark}`, scope, { retryable, usage, outage, cause });
  }
}
