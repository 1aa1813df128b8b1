import { status } from '@grpc/grpc-js';

/** An error with a gRPC status that the client may see. Everything else reaches clients as INTERNAL, without details. */
export class StatusError extends Error {
  override name = 'StatusError';
  constructor(
    readonly code: status,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** INVALID_ARGUMENT that names the field, the value (cut at 80 characters) and the fix. */
export function invalidArgument(field: string, value: unknown, fix: string): StatusError {
  const text = JSON.stringify(value) ?? 'undefined';
  const shown = text.length > 80 ? `${text.slice(0, 77)}...` : text;
  return new StatusError(status.INVALID_ARGUMENT, `${field} is ${shown}: ${fix}`);
}

const withCode =
  (code: status) =>
  (message: string, options?: ErrorOptions): StatusError =>
    new StatusError(code, message, options);

export const notFound = withCode(status.NOT_FOUND);
export const alreadyExists = withCode(status.ALREADY_EXISTS);
export const failedPrecondition = withCode(status.FAILED_PRECONDITION);
export const resourceExhausted = withCode(status.RESOURCE_EXHAUSTED);
export const unavailable = withCode(status.UNAVAILABLE);
export const dataLoss = withCode(status.DATA_LOSS);
