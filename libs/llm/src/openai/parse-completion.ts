import { ChatError } from '../chat/chat-error.js';
import type { ChatCompletion } from '../chat/chat-model.js';
import { noUsage, type Usage } from '@trprompt/core';

/**
 * Reads a chat completion out of what an endpoint sent, trusting nothing of it. Missing token counts are 0.
 * @throws ChatError MALFORMED (it counts one call) when there is no choice with text.
 */
export function parseCompletion(body: unknown, where: string): ChatCompletion {
  const usage = parseUsage(field(body, 'usage'));
  const choices = field(body, 'choices');
  const choice: unknown = Array.isArray(choices) ? choices[0] : undefined;
  const text = field(field(choice, 'message'), 'content');
  if (typeof text !== 'string')
    throw new ChatError(
      'MALFORMED',
      `${where} answered without choices[0].message.content: check that it speaks the OpenAI API`,
      {
        status: 200,
        usage,
      },
    );
  return { text, finishReason: field(choice, 'finish_reason') === 'length' ? 'length' : 'stop', usage };
}

function parseUsage(usage: unknown): Usage {
  return {
    ...noUsage(),
    calls: 1,
    promptTokens: count(field(usage, 'prompt_tokens')),
    completionTokens: count(field(usage, 'completion_tokens')),
    cachedPromptTokens: count(field(field(usage, 'prompt_tokens_details'), 'cached_tokens')),
  };
}

function field(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[name] : undefined;
}

function count(value: unknown): number {
  return typeof value === 'number' && Number.isFinite(value) && value > 0 ? Math.trunc(value) : 0;
}
