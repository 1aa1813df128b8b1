import { RpcError } from '@trprompt/grpc';
import type { ItemError } from '@trprompt/proto/inference/v1/inference';
import { CallFailure } from '../ports/call-failure.js';

/** The failure of one item of a batch. */
export function itemFailureOf({ code, message, ...details }: ItemError): CallFailure {
  return new CallFailure(code, message, 'item', details);
}

/** What a batch call threw; what is no failed RPC stays as it is. */
export function callFailureOf(error: unknown): unknown {
  if (!(error instanceof RpcError)) return error;
  return new CallFailure(error.code, error.message, 'call', { retryable: error.retryable, cause: error });
}
