import { status } from '@grpc/grpc-js';
import { RpcError } from '@trprompt/grpc';

/**
 * Why a call failed:
 * - `unreachable`: no coordinator answers (it is not up, the address is wrong, or the network is down); the call may be made again
 * - `invalid`: the request is wrong; the message lists every problem with its path
 * - `not-found`: no such run
 * - `not-possible`: not in this state, for instance no checkpoint yet
 * - `unauthenticated`: the token is missing, wrong or not allowed to do this
 * - `cancelled`: by the caller's signal
 * - `timeout`: the deadline passed
 * - `corrupt`: what was received does not have the hash it should have
 * - `failed`: anything else
 */
export type TrpromptErrorCode =
  | 'unreachable'
  | 'invalid'
  | 'not-found'
  | 'not-possible'
  | 'unauthenticated'
  | 'cancelled'
  | 'timeout'
  | 'corrupt'
  | 'failed';

/** Every error that the SDK throws. The message is a sentence for a person. */
export class TrpromptError extends Error {
  override name = 'TrpromptError';

  constructor(
    readonly code: TrpromptErrorCode,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }

  /** Wraps whatever a call threw. What is no gRPC error is `failed`. */
  static from(error: unknown): TrpromptError {
    if (error instanceof TrpromptError) return error;
    if (error instanceof RpcError) return fromRpc(error);
    if (error instanceof Error && error.name === 'AbortError') {
      return new TrpromptError('cancelled', 'Cancelled by the caller.', { cause: error });
    }
    return new TrpromptError('failed', error instanceof Error ? error.message : String(error), {
      cause: error,
    });
  }
}

const codes: Partial<Record<status, TrpromptErrorCode>> = {
  [status.UNAVAILABLE]: 'unreachable',
  [status.INVALID_ARGUMENT]: 'invalid',
  [status.OUT_OF_RANGE]: 'invalid',
  [status.NOT_FOUND]: 'not-found',
  [status.FAILED_PRECONDITION]: 'not-possible',
  [status.UNAUTHENTICATED]: 'unauthenticated',
  [status.PERMISSION_DENIED]: 'unauthenticated',
  [status.CANCELLED]: 'cancelled',
  [status.DEADLINE_EXCEEDED]: 'timeout',
  [status.DATA_LOSS]: 'corrupt',
};

function fromRpc(error: RpcError): TrpromptError {
  const code = codes[error.code] ?? 'failed';
  const message =
    code === 'unreachable'
      ? `The coordinator at ${error.address} does not answer: ${error.details}`
      : error.details;
  return new TrpromptError(code, message || error.message, { cause: error });
}
