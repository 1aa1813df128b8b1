import { ChatError } from '../chat/chat-error.js';
import { completeBatch } from './complete-batch.js';
import { itemFailure, type ItemFailure } from './item-failure.js';

/** What became of one item of a batch. */
export type ItemOutcome<Result> =
  | { itemId: string; result: Result; failure?: undefined }
  | { itemId: string; result?: undefined; failure: ItemFailure };

/**
 * Outcomes in order of completion, exactly one per item. A ChatError of an item becomes its outcome and harms no other; any other error ends
 * the stream. Once the signal is aborted the stream ends with its reason.
 */
export function completeItems<Item extends { itemId: string }, Result>(
  items: readonly Item[],
  run: (item: Item, signal: AbortSignal) => Promise<Result>,
  signal: AbortSignal,
): AsyncGenerator<ItemOutcome<Result>, void, undefined> {
  return completeBatch(
    items,
    async (item, itemSignal): Promise<ItemOutcome<Result>> => {
      const { itemId } = item;
      try {
        return { itemId, result: await run(item, itemSignal) };
      } catch (error) {
        if (!(error instanceof ChatError)) throw error;
        return { itemId, failure: itemFailure(error) };
      }
    },
    signal,
  );
}
