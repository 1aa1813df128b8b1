import { status, type ServiceError } from '@grpc/grpc-js';

/** Codes after which the same call may succeed. */
const RETRYABLE: ReadonlySet<status> = new Set([
  status.UNAVAILABLE,
  status.RESOURCE_EXHAUSTED,
  status.ABORTED,
]);

/** A call that failed: its gRPC status, the server's sentence, and which RPC at which address it was. */
export class RpcError extends Error {
  override name = 'RpcError';
  /** True when the same call may succeed later. */
  readonly retryable: boolean;

  constructor(
    readonly code: status,
    /** The server's text, without the code. */
    readonly details: string,
    /** "package.Service/Method". */
    readonly rpc: string,
    /** The address that was called. */
    readonly address: string,
    options?: ErrorOptions,
  ) {
    super(`${rpc} at ${address}: ${status[code]}: ${details}`, options);
    this.retryable = RETRYABLE.has(code);
  }

  /** Wraps whatever a call threw; what is no gRPC status becomes UNKNOWN. */
  static from(error: unknown, rpc: string, address: string): RpcError {
    if (error instanceof RpcError) return error;
    const known = error as Partial<ServiceError>;
    if (error instanceof Error && typeof known.code === 'number' && typeof known.details === 'string') {
      return new RpcError(known.code, known.details, rpc, address, { cause: error });
    }
    const text = error instanceof Error ? error.message : String(error);
    return new RpcError(status.UNKNOWN, text, rpc, address, { cause: error });
  }
}
