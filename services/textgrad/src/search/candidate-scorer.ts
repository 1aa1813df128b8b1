import {
  addUsage,
  evaluationSeeds,
  gradeText,
  gradingSettings,
  noUsage,
  RetryBudget,
  type ItemScored,
} from '@trprompt/core';
import { completeBatch, type RetryPolicy } from '@trprompt/llm';
import { CallFailure } from '../ports/call-failure.js';
import type { PromptWriter, WritePrompt, Written } from '../ports/prompt-writer.js';
import type { AnswerQuestion, TargetAnswerer } from '../ports/target-answerer.js';
import { callKey } from './call-keys.js';
import { givenUpVerdict } from './given-up.js';
import { callPolicy, retrying, type Retrying } from './retrying.js';
import type { Pay, SearchBudget } from './search-budget.js';
import type { ItemPaid, SearchRequest, ValidationQuestion } from './search-request.js';

/** Retries of a search's calls, beside those that the services make themselves: see docs/architecture.md, "Upstream faults". */
const RETRY_RATIO = 0.2;
const LEAST_BURST = 20;

/** Calls for one candidate. */
interface Calls {
  write: WritePrompt;
  answer: AnswerQuestion;
  retrying: Retrying;
  pay: Pay;
}

/** What a search may spend, and how often it may try again. */
export interface SearchAccounts {
  budget: SearchBudget;
  retries: RetryBudget;
}

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

  /** The retry budget of one search. */
  retries({ concurrency }: SearchRequest): RetryBudget {
    return new RetryBudget({ ratio: RETRY_RATIO, burst: Math.max(LEAST_BURST, concurrency) });
  }

  /**
   * One event per question that the budget allows to begin, in order of completion. A question that fails for good is given up and counts as wrong; an
   * outage, or a call that is refused as a whole, is nothing to hold against a candidate and ends the stream, once the others have ended too.
   * @throws CallFailure
   */
  async *score(
    candidate: { candidateId: string; reward: string; itemIds: readonly string[] },
    request: SearchRequest,
    { budget, retries }: SearchAccounts,
    signal: AbortSignal,
  ): AsyncGenerator<ItemPaid, void, undefined> {
    const { random, policy } = this;
    const { deadlineAt } = request.prompt;
    const calls = {
      write: this.writer.under(candidate.reward, request.prompt),
      answer: this.answerer.using(request.target),
      retrying: { policy, budget: retries, deadlineAt, random },
    };
    const wanted = new Set(candidate.itemIds);
    const running = new Set<Promise<unknown>>();
    const outcomes = completeBatch(
      request.validation.filter(({ itemId }) => wanted.has(itemId)),
      async (question, itemSignal) => {
        if (budget.blocking(CALLS_PER_QUESTION)) return undefined;
        const { pay, release } = budget.begin(CALLS_PER_QUESTION);
        const scoring = this.scoreOne(candidate, question, request, { ...calls, pay }, itemSignal).finally(
          release,
        );
        running.add(scoring);
        return scoring;
      },
      signal,
      { concurrency: request.concurrency },
    );
    try {
      for await (const item of outcomes) if (item) yield item;
    } finally {
      // When one failed the others have been aborted and end at once; what they have paid is known then.
      await Promise.allSettled(running);
    }
  }

  private async scoreOne(
    { candidateId, reward }: { candidateId: string; reward: string },
    { itemId, question, gold }: ValidationQuestion,
    { seed, grader, idempotencyKey }: SearchRequest,
    { write, answer, retrying: policy, pay }: Calls,
    signal: AbortSignal,
  ): Promise<ItemPaid> {
    // Common random numbers: a question has the same seeds under every candidate, so that scores differ by the reward text and less by the luck
    // of sampling (the variance of a paired difference falls by twice the covariance).
    const seeds = evaluationSeeds(seed, itemId);
    let prompt = '';
    const usages = { promptModel: noUsage(), target: noUsage() };
    const paid = (role: keyof typeof usages, call: () => Promise<Written>): Promise<Written> =>
      retrying(call, policy, signal, (usage) => {
        usages[role] = addUsage(usages[role], usage);
        pay(role, usage);
      });
    const costs = () => ({
      usage: addUsage(usages.promptModel, usages.target),
      promptUsage: usages.promptModel,
    });
    const key = (purpose: string, ...input: string[]): string =>
      callKey(idempotencyKey, `${candidateId}/${purpose}`, reward, itemId, ...input);
    const ask = { itemId, question };
    try {
      const written = await paid('promptModel', () =>
        write({ ...ask, seed: seeds.prompt, idempotencyKey: key('prompt') }, signal),
      );
      prompt = written.text;
      const answered = await paid('target', () =>
        answer({ ...ask, prompt, seed: seeds.answer, idempotencyKey: key('answer', prompt) }, signal),
      );
      const verdict = gradeText(
        gradingSettings({ kind: grader }),
        { text: answered.text, form: 'response' },
        gold,
      );
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
      if (!(error instanceof CallFailure) || error.scope === 'call' || error.outage) throw error;
      const { code, message, retryable, outage } = error;
      return {
        ...givenUp(candidateId, itemId, prompt, message),
        ...costs(),
        failure: { code, message, retryable, outage, usage: error.usage },
      };
    }
  }
}

function givenUp(candidateId: string, itemId: string, prompt: string, why: string): ItemScored {
  const verdict = givenUpVerdict(why);
  return { type: 'item', candidateId, itemId, prompt, answer: '', verdict, givenUp: true };
}
