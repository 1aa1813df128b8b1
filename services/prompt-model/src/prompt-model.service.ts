import { buildPromptModelMessages, type PromptModelTemplate } from '@trprompt/core';
import {
  addUsage,
  ChatError,
  completeItems,
  type ChatCompletion,
  type ChatModel,
  type Decoding,
  type ItemOutcome,
} from '@trprompt/llm';
import type { ArtefactRef } from '@trprompt/store';
import type { ActiveAdapter, AdapterRegistry } from './adapters/adapter-registry.js';

/** One batch of questions under one textual reward, checked. It has no place for a gold answer. */
export interface PromptBatch {
  template: PromptModelTemplate;
  /** The textual reward to condition on. */
  reward: string;
  /** Undefined: the base model. */
  adapter: ArtefactRef | undefined;
  /** Model name when there is no adapter. */
  model: string;
  decoding: Decoding;
  items: readonly PromptItem[];
}

export interface PromptItem {
  itemId: string;
  question: string;
  seed: number;
}

/** A prompt, trimmed, and the model name it was sampled from. */
export interface GeneratedPrompt extends ChatCompletion {
  model: string;
}

/** The prompt model Π: writes a prompt for each question under one textual reward. */
export class PromptModel {
  constructor(
    private readonly chat: ChatModel,
    private readonly adapters: AdapterRegistry,
  ) {}

  /**
   * Outcomes in order of completion, one per item. An adapter that is not active yet is activated first: after a restart of this process or
   * of the endpoint no caller has to know.
   * @throws AdapterError before the first outcome when the adapter cannot be served
   */
  async *generate(batch: PromptBatch, signal: AbortSignal): AsyncIterable<ItemOutcome<GeneratedPrompt>> {
    const adapter = batch.adapter && (await this.adapters.ensure(batch.adapter));
    yield* completeItems(
      batch.items,
      (item, itemSignal) =>
        adapter
          ? this.generateByAdapter(batch, item, adapter, itemSignal)
          : this.generateBy(batch, item, batch.model, itemSignal),
      signal,
    );
  }

  private async generateByAdapter(
    batch: PromptBatch,
    item: PromptItem,
    adapter: ActiveAdapter,
    signal: AbortSignal,
  ): Promise<GeneratedPrompt> {
    try {
      return await this.generateBy(batch, item, adapter.model, signal);
    } catch (error) {
      if (!(error instanceof ChatError) || error.code !== 'MODEL_NOT_FOUND') throw error;
      const renewed = await this.adapters.renew(adapter);
      const prompt = await this.generateBy(batch, item, renewed.model, signal);
      return { ...prompt, usage: addUsage(error.usage, prompt.usage) };
    }
  }

  private async generateBy(
    { template, reward, decoding }: PromptBatch,
    { question, seed }: PromptItem,
    model: string,
    signal: AbortSignal,
  ): Promise<GeneratedPrompt> {
    const messages = buildPromptModelMessages(template, question, reward);
    const { text, finishReason, usage } = await this.chat.complete({
      ...decoding,
      model,
      messages,
      seed,
      signal,
    });
    return { text: text.trim(), finishReason, usage, model };
  }
}
