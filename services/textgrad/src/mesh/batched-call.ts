import { MicroBatcher } from '@trprompt/grpc';
import { noUsage, type Usage } from '@trprompt/llm';
import type { ItemError } from '@trprompt/proto/inference/v1/inference';
import { callFailureOf, itemFailureOf } from './call-failure-of.js';
import { batching } from './settings.js';

/** A response to one item of a batch: a text, or why there is none. */
interface TextResponse {
  itemId: string;
  result?:
    | { $case: 'error'; value: ItemError }
    | { $case: string; value: { text: string; usage: Usage | undefined; finishReason?: string } }
    | undefined;
}

/**
 * A call for one item whose RPCs are shared with items that become ready at the same time.
 * @param sender the service, as errors name it
 */
export function batchedCall<Item extends { itemId: string }, Response extends TextResponse>(
  sender: string,
  send: (items: Item[], signal: AbortSignal) => AsyncIterable<Response>,
): (item: Item, signal: AbortSignal) => Promise<{ text: string; usage: Usage; finish: string }> {
  const batcher = new MicroBatcher<Item, Response>({
    ...batching,
    send,
    key: (item) => item.itemId,
    resultKey: (response) => response.itemId,
  });
  return async (item, signal) => {
    const { itemId, result } = await batcher.call(item, { signal }).catch((error: unknown) => {
      throw callFailureOf(error);
    });
    if (!result) throw new Error(`${sender} sent nothing for item "${itemId}"`);
    if (!('text' in result.value)) throw itemFailureOf(result.value);
    const { text, usage, finishReason } = result.value;
    return { text, usage: usage ?? noUsage(), finish: finishReason ?? '' };
  };
}
