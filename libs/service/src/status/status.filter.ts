import { status } from '@grpc/grpc-js';
import { Catch, type RpcExceptionFilter } from '@nestjs/common';
import { throwError, type Observable } from 'rxjs';
import type { Logger } from '../logger.js';
import { StatusError } from './status-error.js';

/** What grpc-js sends as a status. */
export interface WireStatus {
  code: status;
  details: string;
}

/** Total mapping of anything thrown to a status: unknown errors are INTERNAL and keep their text to the log. */
export function toWireStatus(error: unknown): WireStatus {
  if (error instanceof StatusError) return { code: error.code, details: error.message };
  if (isWireStatus(error)) return { code: error.code, details: error.details };
  if (error instanceof Error && error.name === 'AbortError') {
    return { code: status.CANCELLED, details: 'the call was cancelled' };
  }
  return { code: status.INTERNAL, details: 'internal error: see the log of the service' };
}

function isWireStatus(error: unknown): error is WireStatus {
  if (typeof error !== 'object' || error === null) return false;
  const candidate = error as Partial<WireStatus>;
  return typeof candidate.code === 'number' && typeof candidate.details === 'string';
}

/** Maps what handlers throw to gRPC statuses; without it Nest answers UNKNOWN. */
@Catch()
export class StatusFilter implements RpcExceptionFilter {
  constructor(private readonly logger: Logger) {}

  catch(error: unknown): Observable<never> {
    const wire = toWireStatus(error);
    if (wire.code === status.INTERNAL) this.logger.error({ err: error }, 'unexpected error in a handler');
    return throwError(() => wire);
  }
}
