import {
  addUsage,
  evaluationSeeds,
  grade,
  noUsage,
  RetryBudget,
  type ItemScored,
  type Usage,
} from '@trprompt/core';
import { completeBatch, type RetryPolicy } from '@trprompt/llm';
import { CallFailure } from '../ports/call-failure.js';
import type { PromptWriter, WritePrompt } from '../ports/prompt-writer.js';
import type { AnswerQuestion, TargetAnswerer } from '../ports/target-answerer.js';
import { callKey } from './call-keys.js';
import { callPolicy, retrying, type Retrying } from './retrying.js';
import type { CallsLost, ItemPaid, SearchRequest, ValidationQuestion } from './search-request.js';

/** Retries of a search's calls, beside those that the services make themselves: see docs/architecture.md, "Upstream faults". */
const RETRY_RATIO = 0.2;
const LEAST_BURST = 20;

/** Calls for one candidate. */
interface Calls {
  write: WritePrompt;
  answer: AnswerQuestion;
  retrying: Retrying;
  /** What was paid for questions whose result has not been handed on, by question. */
  outstanding: Map<string, Usage>;
}

/** Answers validation questions under a candidate; each flows through prompt model, target model and grader on its own. */
export class CandidateScorer {
  constructor(
    private readonly writer: PromptWriter,
    private readonly answerer: TargetAnswerer,
    private readonly policy: RetryPolicy = callPolicy,
    private readonly random: () => number = Math.random,
  ) {}

  /** The retry budget of one search. */
  budget({ concurrency }: SearchRequest): RetryBudget {
    return new RetryBudget({ ratio: RETRY_RATIO, burst: Math.max(LEAST_BURST, concurrency) });
  }

  /**
   * One event per question, in order of completion. A question that fails for good is given up and counts as wrong; an outage, or a call that is
   * refused as a whole, is nothing to hold against a candidate and ends the stream, after an event that says what the lost questions cost.
   * @throws CallFailure
   */
  async *score(
    candidate: { candidateId: string; reward: string; itemIds: readonly string[] },
    request: SearchRequest,
    budget: RetryBudget,
    signal: AbortSignal,
  ): AsyncGenerator<ItemPaid | CallsLost, void, undefined> {
    const { random, policy } = this;
    const { deadlineAt } = request.prompt;
    const outstanding = new Map<string, Usage>();
    const calls: Calls = {
      write: this.writer.under(candidate.reward, request.prompt),
      answer: this.answerer.using(request.target),
      retrying: { policy, budget, deadlineAt, random },
      outstanding,
    };
    const wanted = new Set(candidate.itemIds);
    const running = new Set<Promise<unknown>>();
    const scored = completeBatch(
      request.validation.filter(({ itemId }) => wanted.has(itemId)),
      (question, itemSignal) => {
        const scoring = this.scoreOne(candidate, question, request, calls, itemSignal);
        running.add(scoring);
        return scoring;
      },
      signal,
      { concurrency: request.concurrency },
    );
    try {
      for await (const item of scored) {
        outstanding.delete(item.itemId);
        yield item;
      }
    } catch (error) {
      // The others have been aborted; they end at once, and some have paid for a prompt.
      await Promise.allSettled(running);
      const usage = [...outstanding.values()].reduce(addUsage, noUsage());
      if (usage.calls > 0) yield { type: 'lost', usage };
      throw error;
    }
  }

  private async scoreOne(
    { candidateId, reward }: { candidateId: string; reward: string },
    { itemId, question, gold }: ValidationQuestion,
    { seed, grader, idempotencyKey }: SearchRequest,
    { write, answer, retrying: policy, outstanding }: Calls,
    signal: AbortSignal,
  ): Promise<ItemPaid> {
    // Common random numbers: a question has the same seeds under every candidate, so that scores differ by the reward text and less by the luck
    // of sampling (the variance of a paired difference falls by twice the covariance).
    const seeds = evaluationSeeds(seed, itemId);
    let prompt = '';
    let usage: Usage = noUsage();
    const pay = (more: Usage): void => {
      usage = addUsage(usage, more);
      outstanding.set(itemId, usage);
    };
    const key = (purpose: string, ...input: string[]): string =>
      callKey(idempotencyKey, `${candidateId}/${purpose}`, reward, itemId, ...input);
    const ask = { itemId, question };
    try {
      const written = await retrying(
        () => write({ ...ask, seed: seeds.prompt, idempotencyKey: key('prompt') }, signal),
        policy,
        signal,
      );
      prompt = written.text;
      pay(written.usage);
      const answered = await retrying(
        () => answer({ ...ask, prompt, seed: seeds.answer, idempotencyKey: key('answer', prompt) }, signal),
        policy,
        signal,
      );
      pay(answered.usage);
      const verdict = grade(grader, answered.text, gold);
      return {
        type: 'item',
        candidateId,
        itemId,
        prompt,
        answer: answered.text,
        verdict,
        givenUp: false,
        usage,
      };
    } catch (error) {
      if (!(error instanceof CallFailure)) throw error;
      pay(error.usage);
      if (error.scope === 'call' || error.outage) throw error;
      const { code, message, retryable, outage } = error;
      return {
        ...givenUp(candidateId, itemId, prompt, message),
        usage,
        failure: { code, message, retryable, outage, usage: error.usage },
      };
    }
  }
}

function givenUp(candidateId: string, itemId: string, prompt: string, why: string): ItemScored {
  const verdict = { correct: false, extracted: '', method: 'none' as const, reason: `given up: ${why}` };
  return { type: 'item', candidateId, itemId, prompt, answer: '', verdict, givenUp: true };
}
