import { status } from '@grpc/grpc-js';
import { SearchError } from '@trprompt/core';
import { ChatError } from '@trprompt/llm';
import { failedPrecondition, invalidArgument, StatusError, unavailable } from '@trprompt/service';
import { CallFailure } from '../ports/call-failure.js';

/** What a search threw, as the status that its caller sees; what is not known here stays as it is. */
export function statusOf(error: unknown): unknown {
  if (error instanceof SearchError)
    return invalidArgument(
      'history',
      error.message,
      'send back the messages of the same request, all and in order',
    );
  if (error instanceof ChatError && error.code === 'CANCELLED')
    return new StatusError(status.CANCELLED, error.message, { cause: error });
  if (error instanceof ChatError) {
    const message = `the editor failed: ${error.message}`;
    return error.retryable
      ? unavailable(message, { cause: error })
      : failedPrecondition(message, { cause: error });
  }
  if (error instanceof CallFailure)
    return error.retryable
      ? unavailable(error.message, { cause: error })
      : new StatusError(error.code, error.message, { cause: error });
  return error;
}
