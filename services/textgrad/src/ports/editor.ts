import type { SearchExample, TextgradTemplate } from '@trprompt/core';
import type { Decoding, Usage } from '@trprompt/llm';
import type { Written } from './prompt-writer.js';

/** How the editor is called. */
export interface EditorSettings {
  template: TextgradTemplate;
  model: string;
  decoding: Decoding;
  /** Key of the search; empty: nothing is kept. */
  idempotencyKey: string;
  /** When the caller of the search gives up, on the clock of performance.now(). */
  deadlineAt: number;
}

/** The language model that criticises and edits the reward text. It sees no gold answer. @throws ChatError */
export abstract class Editor {
  /** The textual gradient: why prompts written under this reward fail or work. */
  abstract critique(
    input: {
      reward: string;
      failures: readonly SearchExample[];
      successes: readonly SearchExample[];
      seed: number;
    },
    settings: EditorSettings,
    signal: AbortSignal,
  ): Promise<Written>;

  /** The raw output that should hold a better reward text. */
  abstract edit(
    input: { reward: string; critique: string; seed: number },
    settings: EditorSettings,
    signal: AbortSignal,
  ): Promise<{ text: string; cutOff: boolean; usage: Usage }>;
}
