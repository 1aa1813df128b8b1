import { evaluationSeeds, grade, type ItemScored } from '@trprompt/core';
import { addUsage, completeBatch, noUsage, type RetryPolicy, type Usage } from '@trprompt/llm';
import { CallFailure } from '../ports/call-failure.js';
import type { PromptWriter, WritePrompt, Written } from '../ports/prompt-writer.js';
import type { AnswerQuestion, TargetAnswerer } from '../ports/target-answerer.js';
import { callPolicy, retrying } from './retrying.js';
import type { Pay, SearchBudget } from './search-budget.js';
import type { ItemPaid, SearchRequest, ValidationQuestion } from './search-request.js';

/** google.rpc.Code numbers after which no other question would fare better: RESOURCE_EXHAUSTED and UNAVAILABLE. */
const outage: ReadonlySet<number> = new Set([8, 14]);

/** A prompt and an answer. */
export const CALLS_PER_QUESTION = 2;

/** Answers validation questions under a candidate; each flows through prompt model, target model and grader on its own. */
export class CandidateScorer {
  constructor(
    private readonly writer: PromptWriter,
    private readonly answerer: TargetAnswerer,
    private readonly policy: RetryPolicy = callPolicy,
    private readonly random: () => number = Math.random,
  ) {}

  /**
   * One event per question that the budget allows to begin, in order of completion. A question that fails for good is given up and counts as wrong; an outage, or a call that is
   * refused as a whole, is nothing to hold against a candidate and ends the stream.
   * @throws CallFailure
   */
  async *score(
    candidate: { candidateId: string; reward: string; itemIds: readonly string[] },
    request: SearchRequest,
    budget: SearchBudget,
    signal: AbortSignal,
  ): AsyncGenerator<ItemPaid, void, undefined> {
    const write = this.writer.under(candidate.reward, request.prompt);
    const answer = this.answerer.using(request.target);
    const wanted = new Set(candidate.itemIds);
    const outcomes = completeBatch(
      request.validation.filter(({ itemId }) => wanted.has(itemId)),
      async (question, itemSignal) => {
        if (budget.blocking(CALLS_PER_QUESTION)) return undefined;
        const { pay, release } = budget.begin(CALLS_PER_QUESTION);
        const calls = { write, answer, pay };
        return this.scoreOne(candidate.candidateId, question, request, calls, itemSignal).finally(release);
      },
      signal,
      { concurrency: request.concurrency },
    );
    for await (const item of outcomes) if (item) yield item;
  }

  private async scoreOne(
    candidateId: string,
    { itemId, question, gold }: ValidationQuestion,
    { seed, grader }: SearchRequest,
    { write, answer, pay }: { write: WritePrompt; answer: AnswerQuestion; pay: Pay },
    signal: AbortSignal,
  ): Promise<ItemPaid> {
    // Common random numbers: a question has the same seeds under every candidate, so that scores differ by the reward text and less by the luck
    // of sampling (the variance of a paired difference falls by twice the covariance).
    const seeds = evaluationSeeds(seed, itemId);
    let prompt = '';
    const usages = { promptModel: noUsage(), target: noUsage() };
    const paid = async (
      role: keyof typeof usages,
      call: Parameters<typeof retrying>[0],
    ): Promise<Written> => {
      const onPaid = (usage: Usage): void => {
        usages[role] = addUsage(usages[role], usage);
        pay(role, usage);
      };
      return retrying(call, signal, this.policy, this.random, onPaid);
    };
    const costs = () => ({
      usage: addUsage(usages.promptModel, usages.target),
      promptUsage: usages.promptModel,
    });
    try {
      const written = await paid('promptModel', () =>
        write({ itemId, question, seed: seeds.prompt }, signal),
      );
      prompt = written.text;
      const answered = await paid('target', () =>
        answer({ itemId, question, prompt, seed: seeds.answer }, signal),
      );
      const verdict = grade(grader, answered.text, gold);
      return {
        type: 'item',
        candidateId,
        itemId,
        prompt,
        answer: answered.text,
        verdict,
        givenUp: false,
        ...costs(),
      };
    } catch (error) {
      if (!(error instanceof CallFailure) || error.scope === 'call' || outage.has(error.code)) throw error;
      const failure = {
        code: error.code,
        message: error.message,
        retryable: error.retryable,
        usage: error.usage,
      };
      return { ...givenUp(candidateId, itemId, prompt, error.message), ...costs(), failure };
    }
  }
}

function givenUp(candidateId: string, itemId: string, prompt: string, why: string): ItemScored {
  const verdict = { correct: false, extracted: '', method: 'none' as const, reason: `given up: ${why}` };
  return { type: 'item', candidateId, itemId, prompt, answer: '', verdict, givenUp: true };
}
