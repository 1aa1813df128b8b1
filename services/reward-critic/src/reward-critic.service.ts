import {
  buildCriticMessages,
  composeVerifierReward,
  redactGold,
  rewardFacts,
  type CriticTemplate,
  type Verdict,
} from '@trprompt/core';
import {
  ChatError,
  completeItems,
  noUsage,
  type ChatModel,
  type Decoding,
  type ItemOutcome,
  type Usage,
} from '@trprompt/llm';

/** Graded rollouts: their rewards are composed from facts, without any model call. */
export interface VerifierBatch {
  mode: 'verifier';
  items: readonly GradedItem[];
}

/** Rollouts for a language model to criticise; in mode hybrid from the graded facts. */
export type ModelBatch = (
  { mode: 'llm'; items: readonly CritiqueItem[] } | { mode: 'hybrid'; items: readonly GradedItem[] }
) & {
  template: CriticTemplate;
  /** Empty: the template's. */
  system: string;
  model: string;
  decoding: Decoding;
};

/** One rollout. */
export interface CritiqueItem {
  itemId: string;
  question: string;
  prompt: string;
  /** The target model's response. */
  answer: string;
  gold: string;
  /** How the response ended: "stop", "length" or empty (unknown). */
  finishReason: string;
  seed: number;
}

/** One graded rollout. */
export interface GradedItem extends CritiqueItem {
  verdict: Verdict;
}

/** A textual reward free of the gold answer. */
export interface TextualReward {
  text: string;
  /** Places that named the gold answer and were redacted. */
  redactions: number;
  usage: Usage;
}

/** The reward critic R: says in words how good a prompt was. */
export class RewardCritic {
  constructor(private readonly chat: ChatModel) {}

  /** Outcomes in order of completion, one per item. */
  critique(
    batch: VerifierBatch | ModelBatch,
    signal: AbortSignal,
  ): AsyncIterable<ItemOutcome<TextualReward>> {
    if (batch.mode === 'verifier') return verify(batch.items);
    if (batch.mode === 'llm')
      return completeItems(
        batch.items,
        (item, itemSignal) => this.write(batch, item, '', itemSignal),
        signal,
      );
    return completeItems(
      batch.items,
      (item, itemSignal) => this.write(batch, item, composeVerifierReward(rewardFacts(item)), itemSignal),
      signal,
    );
  }

  private async write(
    { template, system, model, decoding }: ModelBatch,
    { question, prompt, answer, gold, seed }: CritiqueItem,
    facts: string,
    signal: AbortSignal,
  ): Promise<TextualReward> {
    const messages = buildCriticMessages(template, { question, prompt, answer, gold, facts }, system);
    const completion = await this.chat.complete({ ...decoding, model, messages, seed, signal });
    const { usage } = completion;
    const { text, redactions } = redactGold(completion.text.trim(), gold);
    if (text === '')
      throw new ChatError(
        'MALFORMED',
        'the critic wrote nothing: raise its temperature or use another model',
        { usage },
      );
    return { text, redactions, usage };
  }
}

/** The composed text names nothing of question, prompt or answer, so there is nothing to redact in it. */
async function* verify(items: readonly GradedItem[]): AsyncIterable<ItemOutcome<TextualReward>> {
  for (const item of items) {
    const text = composeVerifierReward(rewardFacts(item));
    yield { itemId: item.itemId, result: { text, redactions: 0, usage: noUsage() } };
  }
}
