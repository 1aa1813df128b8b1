import { MicroBatcher } from '@trprompt/grpc';
import type { ItemError } from '@trprompt/proto/inference/v1/inference';
import { ServiceFailure } from '../../domain/failures.js';
import type { Session } from '../../domain/ports.js';
import { itemFailure, serviceFailure } from './rpc-failure.js';

/** Items of one RPC at most, and how long the first of them waits for others. */
const BATCH = { maxItems: 64, maxDelayMs: 2 };

interface BatchedOptions<Item, Response, Result> {
  send: (items: Item[], signal: AbortSignal) => AsyncIterable<Response>;
  /** The response's result, the item's error, or undefined when it has neither. */
  read: (response: Response) => { result: Result } | { error: ItemError } | undefined;
}

/** A session whose items share batch RPCs. */
export function batchedSession<
  Item extends { itemId: string },
  Response extends { itemId: string },
  Result extends object,
>({ send, read }: BatchedOptions<Item, Response, Result>): Session<Item, Result> {
  const batcher = new MicroBatcher<Item, Response>({
    ...BATCH,
    send,
    key: (item) => item.itemId,
    resultKey: (response) => response.itemId,
  });
  return {
    async call(item, signal) {
      let response: Response;
      try {
        response = await batcher.call(item, { signal });
      } catch (error) {
        signal.throwIfAborted();
        throw serviceFailure(error);
      }
      const outcome = read(response);
      if (!outcome) throw new ServiceFailure(`item ${item.itemId} came back without a result`, false);
      if ('error' in outcome) throw itemFailure(outcome.error);
      return outcome.result;
    },
    close: () => batcher.close(),
  };
}
