import { buildTargetMessages, type Placement, type TargetTemplate } from '@trprompt/core';
import {
  completeItems,
  type ChatCompletion,
  type ChatModel,
  type Decoding,
  requestText,
  type ItemOutcome,
} from '@trprompt/llm';
import { remainingMs, type IdempotentResults } from '@trprompt/service';

/** One batch of questions with their prompts, checked. */
export interface AnswerBatch {
  template: TargetTemplate;
  /** Undefined: the template's. */
  placement: Placement | undefined;
  /** Empty: the template's. */
  system: string;
  role: 'user' | 'system';
  /** Model name at the endpoint. */
  model: string;
  decoding: Decoding;
  items: readonly AnswerItem[];
}

export interface AnswerItem {
  itemId: string;
  question: string;
  /** Empty: the bare question is asked. */
  prompt: string;
  seed: number;
  /** Empty: the answer is not kept. */
  idempotencyKey: string;
}

/** The target model M: answers questions with the help of a prompt. */
export class TargetLlm {
  constructor(
    private readonly chat: ChatModel,
    private readonly kept: IdempotentResults<ChatCompletion>,
  ) {}

  /**
   * Outcomes in order of completion, one per item. Aborting the signal closes the HTTP requests.
   * @param deadlineAt when the caller gives up, on the clock of performance.now(): no attempt and no wait goes beyond it
   */
  answer(
    batch: AnswerBatch,
    signal: AbortSignal,
    deadlineAt: number,
  ): AsyncIterable<ItemOutcome<ChatCompletion>> {
    const { template, placement, system, role, model, decoding } = batch;
    return completeItems(
      batch.items,
      ({ question, prompt, seed, idempotencyKey }, itemSignal) => {
        const messages = buildTargetMessages(template, { question, prompt, placement, system, role });
        const request = { ...decoding, model, messages, seed };
        return this.kept.run(idempotencyKey, requestText(request), itemSignal, (shared) =>
          this.chat.complete({ ...request, signal: shared, deadlineMs: remainingMs(deadlineAt) }),
        );
      },
      signal,
    );
  }
}
