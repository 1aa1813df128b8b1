import { status } from '@grpc/grpc-js';
import { OptimizeRequest } from '@trprompt/proto/textgrad/v1/textgrad';
import { IdempotentResults, StatusError } from '@trprompt/service';

/** Remembers which search an idempotency key stands for. What its calls returned is kept by the services that made them. */
export class SearchKeys {
  readonly #searches: IdempotentResults<true>;

  /** @param maxEntries keys that are remembered */
  constructor(maxEntries: number) {
    this.#searches = new IdempotentResults<true>({
      maxEntries,
      maxBytes: Infinity,
      refuse: (message) => new StatusError(status.INVALID_ARGUMENT, message),
    });
  }

  /** @throws StatusError INVALID_ARGUMENT when the key was used for a search with another request; its history and budget may differ */
  async claim(request: OptimizeRequest, signal: AbortSignal): Promise<void> {
    const bytes = OptimizeRequest.encode({ ...request, history: [], budget: undefined }).finish();
    const text = Buffer.from(bytes).toString('base64');
    await this.#searches.run(request.idempotencyKey, text, signal, () => Promise.resolve(true));
  }
}
