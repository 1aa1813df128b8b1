import type { ChatMessage } from '@trprompt/core';
import type { Usage } from '@trprompt/core';

/** How one completion is sampled. */
export interface Decoding {
  /** 0 to 2; 0 is greedy. */
  temperature: number;
  /** Nucleus mass, above 0 to 1; 1 cuts nothing. */
  topP: number;
  /** Most tokens to generate, at least 1. */
  maxTokens: number;
  /** Up to four strings at which decoding stops; not part of the text. */
  stop: readonly string[];
}

/** One chat completion to be made. */
export interface ChatRequest extends Decoding {
  /** Model (or adapter) name at the endpoint. */
  model: string;
  messages: readonly ChatMessage[];
  /** Sampling seed, 0 to 2^31-1. */
  seed?: number;
  /** Aborting it closes the HTTP request and rejects with ChatError CANCELLED. */
  signal?: AbortSignal;
  /** Milliseconds that all attempts together may take. Unset: no limit but the per-attempt timeout. */
  deadlineMs?: number;
}

export interface ChatCompletion {
  /** The whole text; may be empty. */
  text: string;
  /** "length": cut off at `maxTokens`. */
  finishReason: 'stop' | 'length';
  /** All attempts together. */
  usage: Usage;
}

/** Everything of a request that shapes its result, as text: equal texts are equal requests. */
export function requestText({
  model,
  messages,
  temperature,
  topP,
  maxTokens,
  stop,
  seed,
}: ChatRequest): string {
  return JSON.stringify([model, messages, temperature, topP, maxTokens, stop, seed ?? null]);
}

/** A language model behind a chat endpoint. */
export abstract class ChatModel {
  /** @throws ChatError, and nothing else. */
  abstract complete(request: ChatRequest): Promise<ChatCompletion>;
}
