import {
  Client,
  credentials,
  type CallOptions,
  type ClientReadableStream,
  type ServiceError,
} from '@grpc/grpc-js';

interface StreamMethod<Request, Response> {
  path: string;
  requestSerialize: (value: Request) => Buffer;
  responseDeserialize: (value: Buffer) => Response;
}

/** A bare grpc-js client with the generated codecs: what a client that has none of our code would be. */
export class RawClient {
  readonly #client: Client;

  constructor(address: string) {
    this.#client = new Client(address, credentials.createInsecure());
  }

  stream<Request, Response>(
    method: StreamMethod<Request, Response>,
    request: Request,
    options: CallOptions = {},
  ): ClientReadableStream<Response> {
    return this.#client.makeServerStreamRequest(
      method.path,
      method.requestSerialize,
      method.responseDeserialize,
      request,
      options,
    );
  }

  /** All messages of a stream, in order. Rejects with the status. */
  async all<Request, Response>(
    method: StreamMethod<Request, Response>,
    request: Request,
    options: CallOptions = {},
  ): Promise<Response[]> {
    const messages: Response[] = [];
    for await (const message of this.stream(method, request, options)) messages.push(message as Response);
    return messages;
  }

  /** The status of a stream that fails. */
  async failure<Request, Response>(
    method: StreamMethod<Request, Response>,
    request: Request,
    options: CallOptions = {},
  ): Promise<ServiceError> {
    try {
      await this.all(method, request, options);
    } catch (error) {
      return error as ServiceError;
    }
    throw new Error('the call succeeded, a failure was expected');
  }

  unary<Request, Response>(
    method: StreamMethod<Request, Response>,
    request: Request,
    options: CallOptions = {},
  ): Promise<Response> {
    return new Promise((resolve, reject) => {
      this.#client.makeUnaryRequest(
        method.path,
        method.requestSerialize,
        method.responseDeserialize,
        request,
        options,
        (error, response) => {
          if (error) reject(error);
          else resolve(response as Response);
        },
      );
    });
  }

  close(): void {
    this.#client.close();
  }
}
