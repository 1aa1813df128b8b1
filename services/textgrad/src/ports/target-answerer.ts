import type { Placement } from '@trprompt/core';
import type { Decoding } from '@trprompt/llm';
import type { Written } from './prompt-writer.js';

/** How the target model is called. */
export interface TargetSettings {
  runId: string;
  /** Template id; empty: the service's default. */
  template: string;
  /** Undefined: the template's. */
  placement: Placement | undefined;
  /** System text; empty: the template's. */
  system: string;
  /** Role of the question's message; empty: user. */
  role: string;
  /** Empty: the service's default. */
  model: string;
  decoding: Decoding;
  /** When the caller of the search gives up, on the clock of performance.now(). */
  deadlineAt: number;
}

/** A response of the target model. */
export interface Answered extends Written {
  /** "stop" or "length". */
  finish: string;
}

/** Answers one question with a prompt. @throws CallFailure */
export type AnswerQuestion = (
  item: { itemId: string; question: string; prompt: string; seed: number; idempotencyKey: string },
  signal: AbortSignal,
) => Promise<Answered>;

/** The target model, as the search sees it. */
export abstract class TargetAnswerer {
  /** An answerer with these settings; calls that come together share a request. */
  abstract using(settings: TargetSettings): AnswerQuestion;
}
