import {
  buildCriticMessages,
  composeVerifierReward,
  judgedFact,
  redactGold,
  rewardFacts,
  type CriticTemplate,
  type Verdict,
} from '@trprompt/core';
import {
  ChatError,
  completeItems,
  noUsage,
  requestText,
  type ChatModel,
  type ChatRequest,
  type Decoding,
  type ItemOutcome,
  type Usage,
} from '@trprompt/llm';
import { remainingMs, type IdempotentResults } from '@trprompt/service';

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
  /** Empty: the reward is not kept. */
  idempotencyKey: string;
  /** What a grader found; of mode llm only a judge's finding is used. */
  verdict?: Verdict;
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
  constructor(
    private readonly chat: ChatModel,
    private readonly kept: IdempotentResults<TextualReward>,
  ) {}

  /**
   * Outcomes in order of completion, one per item.
   * @param deadlineAt when the caller gives up, on the clock of performance.now(): no attempt and no wait goes beyond it
   */
  critique(
    batch: VerifierBatch | ModelBatch,
    signal: AbortSignal,
    deadlineAt: number,
  ): AsyncIterable<ItemOutcome<TextualReward>> {
    if (batch.mode === 'verifier') return verify(batch.items);
    const write = (item: CritiqueItem, facts: string, itemSignal: AbortSignal): Promise<TextualReward> =>
      this.write(batch, { item, facts }, itemSignal, deadlineAt);
    if (batch.mode === 'llm')
      return completeItems(
        batch.items,
        (item, itemSignal) => write(item, judgedOf(item), itemSignal),
        signal,
      );
    return completeItems(
      batch.items,
      (item, itemSignal) => write(item, composeVerifierReward(rewardFacts(item)), itemSignal),
      signal,
    );
  }

  private write(
    { template, system, model, decoding }: ModelBatch,
    { item, facts }: { item: CritiqueItem; facts: string },
    signal: AbortSignal,
    deadlineAt: number,
  ): Promise<TextualReward> {
    const { question, prompt, answer, gold, seed, idempotencyKey } = item;
    const messages = buildCriticMessages(template, { question, prompt, answer, gold, facts }, system);
    const request = { ...decoding, model, messages, seed };
    return this.kept.run(idempotencyKey, `${requestText(request)}\n${gold}`, signal, (shared) =>
      this.complete({ ...request, signal: shared, deadlineMs: remainingMs(deadlineAt) }, gold),
    );
  }

  private async complete(request: ChatRequest, gold: string): Promise<TextualReward> {
    const completion = await this.chat.complete(request);
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

/** In mode llm a model finds out by the gold answer whether an answer is right; what a judge found it has to be told. */
function judgedOf({ verdict, ...item }: CritiqueItem): string {
  return (verdict && judgedFact(rewardFacts({ ...item, verdict }))) ?? '';
}

/** The composed text names nothing of question, prompt or answer, so there is nothing to redact in it. */
async function* verify(items: readonly GradedItem[]): AsyncIterable<ItemOutcome<TextualReward>> {
  for (const item of items) {
    const text = composeVerifierReward(rewardFacts(item));
    yield { itemId: item.itemId, result: { text, redactions: 0, usage: noUsage() } };
  }
}
