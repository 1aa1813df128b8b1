import type { Decoding, Usage } from '@trprompt/llm';

/** How the prompt model is called. */
export interface PromptSettings {
  runId: string;
  /** Template id; empty: the service's default. */
  template: string;
  /** Undefined: the base model. */
  adapter: { digest: string; kind: string } | undefined;
  /** Model name without an adapter; empty: the service's default. */
  model: string;
  decoding: Decoding;
  /** When the caller of the search gives up, on the clock of performance.now(). */
  deadlineAt: number;
}

/** A text of a model and its cost. */
export interface Written {
  text: string;
  usage: Usage;
}

/** Writes one prompt. @throws CallFailure */
export type WritePrompt = (
  item: { itemId: string; question: string; seed: number; idempotencyKey: string },
  signal: AbortSignal,
) => Promise<Written>;

/** The prompt model, as the search sees it. */
export abstract class PromptWriter {
  /** A writer under one reward text; calls that come together share a request. */
  abstract under(reward: string, settings: PromptSettings): WritePrompt;
}
