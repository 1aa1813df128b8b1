import { evaluationSeeds, grade, type ItemScored } from '@trprompt/core';
import { addUsage, completeBatch, noUsage, type RetryPolicy, type Usage } from '@trprompt/llm';
import { CallFailure } from '../ports/call-failure.js';
import type { PromptWriter, WritePrompt } from '../ports/prompt-writer.js';
import type { AnswerQuestion, TargetAnswerer } from '../ports/target-answerer.js';
import { callPolicy, retrying } from './retrying.js';
import type { ItemPaid, SearchRequest, ValidationQuestion } from './search-request.js';

/** google.rpc.Code numbers after which no other question would fare better: RESOURCE_EXHAUSTED and UNAVAILABLE. */
const outage: ReadonlySet<number> = new Set([8, 14]);

/** Answers validation questions under a candidate; each flows through prompt model, target model and grader on its own. */
export class CandidateScorer {
  constructor(
    private readonly writer: PromptWriter,
    private readonly answerer: TargetAnswerer,
    private readonly policy: RetryPolicy = callPolicy,
    private readonly random: () => number = Math.random,
  ) {}

  /**
   * One event per question, in order of completion. A question that fails for good is given up and counts as wrong; an outage, or a call that is
   * refused as a whole, is nothing to hold against a candidate and ends the stream.
   * @throws CallFailure
   */
  score(
    candidate: { candidateId: string; reward: string; itemIds: readonly string[] },
    request: SearchRequest,
    signal: AbortSignal,
  ): AsyncIterable<ItemPaid> {
    const write = this.writer.under(candidate.reward, request.prompt);
    const answer = this.answerer.using(request.target);
    const wanted = new Set(candidate.itemIds);
    return completeBatch(
      request.validation.filter(({ itemId }) => wanted.has(itemId)),
      (question, itemSignal) =>
        this.scoreOne(candidate.candidateId, question, request, { write, answer }, itemSignal),
      signal,
      { concurrency: request.concurrency },
    );
  }

  private async scoreOne(
    candidateId: string,
    { itemId, question, gold }: ValidationQuestion,
    { seed, grader }: SearchRequest,
    { write, answer }: { write: WritePrompt; answer: AnswerQuestion },
    signal: AbortSignal,
  ): Promise<ItemPaid> {
    // Common random numbers: a question has the same seeds under every candidate, so that scores differ by the reward text and less by the luck
    // of sampling (the variance of a paired difference falls by twice the covariance).
    const seeds = evaluationSeeds(seed, itemId);
    let prompt = '';
    let usage: Usage = noUsage();
    const paid = (call: Parameters<typeof retrying>[0]) => retrying(call, signal, this.policy, this.random);
    try {
      const written = await paid(() => write({ itemId, question, seed: seeds.prompt }, signal));
      prompt = written.text;
      usage = written.usage;
      const answered = await paid(() => answer({ itemId, question, prompt, seed: seeds.answer }, signal));
      usage = addUsage(usage, answered.usage);
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
      if (!(error instanceof CallFailure) || error.scope === 'call' || outage.has(error.code)) throw error;
      const failure = {
        code: error.code,
        message: error.message,
        retryable: error.retryable,
        usage: error.usage,
      };
      return {
        ...givenUp(candidateId, itemId, prompt, error.message),
        usage: addUsage(usage, error.usage),
        failure,
      };
    }
  }
}

function givenUp(candidateId: string, itemId: string, prompt: string, why: string): ItemScored {
  const verdict = { correct: false, extracted: '', method: 'none' as const, reason: `given up: ${why}` };
  return { type: 'item', candidateId, itemId, prompt, answer: '', verdict, givenUp: true };
}
