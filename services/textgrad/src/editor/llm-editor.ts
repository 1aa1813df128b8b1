import {
  buildTextgradCritiqueMessages,
  buildTextgradEditMessages,
  type ChatMessage,
  type SearchExample,
} from '@trprompt/core';
import {
  addUsage,
  ChatError,
  noUsage,
  requestText,
  type ChatCompletion,
  type ChatModel,
  type ChatRequest,
} from '@trprompt/llm';
import { remainingMs, type IdempotentResults } from '@trprompt/service';
import { Editor, type EditorSettings } from '../ports/editor.js';
import { callKey } from '../search/call-keys.js';
import { formatExamples } from './format-examples.js';

/**
 * The editor over a chat model. An endpoint that refuses a request for its size (its context is too small for the minibatch) is asked again
 * with half of it, until one example of each kind, or a quarter of the critique, is left.
 */
export class LlmEditor extends Editor {
  constructor(
    private readonly chat: ChatModel,
    private readonly kept: IdempotentResults<ChatCompletion>,
  ) {
    super();
  }

  override critique(
    input: {
      reward: string;
      failures: readonly SearchExample[];
      successes: readonly SearchExample[];
      seed: number;
    },
    settings: EditorSettings,
    signal: AbortSignal,
  ): Promise<ChatCompletion> {
    const { reward, failures, successes, seed } = input;
    const largest = Math.max(failures.length, successes.length);
    const variants = halves(largest, 1).map((size) =>
      buildTextgradCritiqueMessages(settings.template, {
        reward,
        failures: formatExamples(failures.slice(0, size)),
        successes: formatExamples(successes.slice(0, size)),
      }),
    );
    return this.firstThatFits(variants, settings, seed, signal);
  }

  override async edit(
    input: { reward: string; critique: string; seed: number },
    settings: EditorSettings,
    signal: AbortSignal,
  ): Promise<{ text: string; cutOff: boolean; usage: ChatCompletion['usage'] }> {
    const { reward, critique, seed } = input;
    const variants = halves(critique.length, Math.ceil(critique.length / 4)).map((size) =>
      buildTextgradEditMessages(settings.template, { reward, critique: critique.slice(0, size) }),
    );
    const { text, finishReason, usage } = await this.firstThatFits(variants, settings, seed, signal);
    return { text, cutOff: finishReason === 'length', usage };
  }

  private firstThatFits(
    variants: readonly ChatMessage[][],
    { model, decoding, idempotencyKey, deadlineAt }: EditorSettings,
    seed: number,
    signal: AbortSignal,
  ): Promise<ChatCompletion> {
    const requests = variants.map((messages) => ({ ...decoding, model, messages, seed }));
    const text = requests.map(requestText).join('\n');
    const key = callKey(idempotencyKey, 'editor', text);
    return this.kept.run(key, text, signal, (shared) => this.ask(requests, deadlineAt, shared));
  }

  private async ask(
    requests: readonly ChatRequest[],
    deadlineAt: number,
    signal: AbortSignal,
  ): Promise<ChatCompletion> {
    let spent = noUsage();
    for (const [index, request] of requests.entries()) {
      try {
        const deadlineMs = remainingMs(deadlineAt);
        const completion = await this.chat.complete({ ...request, signal, deadlineMs });
        return { ...completion, usage: addUsage(spent, completion.usage) };
      } catch (error) {
        if (!(error instanceof ChatError)) throw error;
        spent = addUsage(spent, error.usage);
        if (error.code !== 'INVALID_REQUEST' || index === requests.length - 1) throw error.withUsage(spent);
      }
    }
    throw new Error('there is always a variant');
  }
}

/** size, size/2, size/4, ... down to `least`; at least one entry. */
function halves(size: number, least: number): number[] {
  const sizes = [size];
  for (let next = Math.floor(size / 2); next >= Math.max(1, least); next = Math.floor(next / 2))
    sizes.push(next);
  return sizes;
}
