import { noUsage, type Usage } from '@trprompt/llm';

/** A call to another service, or one item of it, that failed. */
export class CallFailure extends Error {
  override name = 'CallFailure';
  readonly retryable: boolean;
  /** What it cost all the same. */
  readonly usage: Usage;

  constructor(
    /** google.rpc.Code number. */
    readonly code: number,
    message: string,
    /** "item": this question alone failed; "call": the whole call did. */
    readonly scope: 'item' | 'call',
    { retryable, usage = noUsage(), cause }: { retryable: boolean; usage?: Usage; cause?: unknown },
  ) {
    super(message, { cause });
    this.retryable = retryable;
    this.usage = usage;
  }
}
