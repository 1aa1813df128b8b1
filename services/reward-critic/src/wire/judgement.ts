import type { Winner } from '@trprompt/core';
import { checkItems, checkText, type ItemOutcome } from '@trprompt/llm';
import {
  Winner as WireWinner,
  type JudgeItem as WireItem,
  type JudgeResponse,
} from '@trprompt/proto/reward_critic/v1/reward_critic';
import { invalidArgument } from '@trprompt/service';
import type { Judged, JudgeItem } from '../judge.service.js';

/** Longest criteria, characters. */
export const MAX_CRITERIA = 4000;
/** A target model may be given more tokens than a question has characters. */
const MAX_ANSWER = 1_000_000;

/** @throws StatusError INVALID_ARGUMENT that names the item and field */
export function judgeItemsFromWire(items: readonly WireItem[]): JudgeItem[] {
  checkItems(items, invalidArgument);
  return items.map((item, index) => {
    checkText(`items[${index}].question`, item.question, invalidArgument, { required: true });
    checkText(`items[${index}].candidate`, item.candidate, invalidArgument, { max: MAX_ANSWER });
    checkText(`items[${index}].reference`, item.reference, invalidArgument, { max: MAX_ANSWER });
    return item;
  });
}

const wireWinners: Record<Winner, WireWinner> = {
  candidate: WireWinner.WINNER_CANDIDATE,
  reference: WireWinner.WINNER_REFERENCE,
  tie: WireWinner.WINNER_TIE,
};

export function judgementToWire({ itemId, result, failure }: ItemOutcome<Judged>): JudgeResponse {
  if (failure) return { itemId, result: { $case: 'error', value: failure } };
  const { winner, inconsistent, unreadable, usage } = result;
  const orders = result.orders.map((order) => ({
    ...order,
    winner: order.winner === undefined ? WireWinner.WINNER_UNSPECIFIED : wireWinners[order.winner],
  }));
  const value = { winner: wireWinners[winner], inconsistent, unreadable, orders, usage };
  return { itemId, result: { $case: 'judgement', value } };
}
