import { buildTargetMessages, type Placement, type TargetTemplate } from '@trprompt/core';
import {
  completeItems,
  type ChatCompletion,
  type ChatModel,
  type Decoding,
  type ItemOutcome,
} from '@trprompt/llm';

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
}

/** The target model M: answers questions with the help of a prompt. */
export class TargetLlm {
  constructor(private readonly chat: ChatModel) {}

  /** Outcomes in order of completion, one per item. Aborting the signal closes the HTTP requests. */
  answer(batch: AnswerBatch, signal: AbortSignal): AsyncIterable<ItemOutcome<ChatCompletion>> {
    const { template, placement, system, role, model, decoding } = batch;
    return completeItems(
      batch.items,
      ({ question, prompt, seed }, itemSignal) =>
        this.chat.complete({
          ...decoding,
          model,
          messages: buildTargetMessages(template, { question, prompt, placement, system, role }),
          seed,
          signal: itemSignal,
        }),
      signal,
    );
  }
}
