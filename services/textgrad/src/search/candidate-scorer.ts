import { status } from '@grpc/grpc-js';
import {
  addUsage,
  evaluationSeeds,
  noUsage,
  RetryBudget,
  type GradingSettings,
  type ItemScored,
  type Usage,
  type Verdict,
} from '@trprompt/core';
import {
  CALLS_PER_JUDGEMENT,
  GraderFailure,
  Graders,
  type Grader,
  type GraderScope,
  type GradeRequest,
} from '@trprompt/grading';
import { completeBatch, type RetryPolicy } from '@trprompt/llm';
import { CallFailure } from '../ports/call-failure.js';
import type { PromptWriter, WritePrompt } from '../ports/prompt-writer.js';
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
  grader: Grader;
  retrying: Retrying;
  pay: Pay;
}

/** What a search may spend, and how often it may try again. */
export interface SearchAccounts {
  budget: SearchBudget;
  retries: RetryBudget;
}

/** A verdict with what it cost. */
interface Graded {
  verdict: Verdict;
  usage: Usage;
}

/** A prompt and an answer. */
const CALLS_PER_ANSWER = 2;

/** Answers validation questions under a candidate; each flows through prompt model, target model and grader on its own. */
export class CandidateScorer {
  constructor(
    private readonly writer: PromptWriter,
    private readonly answerer: TargetAnswerer,
    private readonly graders: Graders = new Graders(),
    private readonly policy: RetryPolicy = callPolicy,
    private readonly random: () => number = Math.random,
  ) {}

  /** The retry budget of one search. */
  retries({ concurrency }: SearchRequest): RetryBudget {
    return new RetryBudget({ ratio: RETRY_RATIO, burst: Math.max(LEAST_BURST, concurrency) });
  }

  /** Model calls that a question needs, retries left aside. */
  callsPerQuestion({ grading }: SearchRequest): number {
    return CALLS_PER_ANSWER + (grading.kind === 'judge' ? CALLS_PER_JUDGEMENT : 0);
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
    const { deadlineAt, runId } = request.prompt;
    const grader = this.openGrader(request.grading, {
      runId,
      timeLeftMs: () => deadlineAt - performance.now(),
    });
    const calls = {
      write: this.writer.under(candidate.reward, request.prompt),
      answer: this.answerer.using(request.target),
      grader,
      retrying: { policy, budget: retries, deadlineAt, random },
    };
    const needed = this.callsPerQuestion(request);
    const wanted = new Set(candidate.itemIds);
    const running = new Set<Promise<unknown>>();
    const outcomes = completeBatch(
      request.validation.filter(({ itemId }) => wanted.has(itemId)),
      async (question, itemSignal) => {
        if (budget.blocking(needed)) return undefined;
        const { pay, release } = budget.begin(needed);
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
      await grader.close();
    }
  }

  /** @throws CallFailure */
  private openGrader(settings: GradingSettings, scope: GraderScope): Grader {
    try {
      return this.graders.open(settings, scope);
    } catch (error) {
      if (!(error instanceof GraderFailure)) throw error;
      throw new CallFailure(status.FAILED_PRECONDITION, error.message, 'call', {
        retryable: false,
        cause: error,
      });
    }
  }

  private async scoreOne(
    { candidateId, reward }: { candidateId: string; reward: string },
    { itemId, question, gold }: ValidationQuestion,
    { seed, idempotencyKey: searchKey }: SearchRequest,
    { write, answer, grader, retrying: policy, pay }: Calls,
    signal: AbortSignal,
  ): Promise<ItemPaid> {
    // Common random numbers: a question has the same seeds under every candidate, so that scores differ by the reward text and less by the luck
    // of sampling (the variance of a paired difference falls by twice the covariance).
    const seeds = evaluationSeeds(seed, itemId);
    let prompt = '';
    const usages = { promptModel: noUsage(), target: noUsage(), judge: noUsage() };
    const paid = <R extends { usage: Usage }>(
      role: keyof typeof usages,
      call: () => Promise<R>,
    ): Promise<R> =>
      retrying(call, policy, signal, (usage) => {
        usages[role] = addUsage(usages[role], usage);
        pay(role, usage);
      });
    const costs = () => ({
      usage: addUsage(addUsage(usages.promptModel, usages.target), usages.judge),
      promptUsage: usages.promptModel,
      ...(usages.judge.calls > 0 ? { judgeUsage: usages.judge } : {}),
    });
    const key = (purpose: string, ...input: string[]): string =>
      callKey(searchKey, `${candidateId}/${purpose}`, reward, itemId, ...input);
    const ask = { itemId, question };
    try {
      const written = await paid('promptModel', () =>
        write({ ...ask, seed: seeds.prompt, idempotencyKey: key('prompt') }, signal),
      );
      prompt = written.text;
      const answered = await paid('target', () =>
        answer({ ...ask, prompt, seed: seeds.answer, idempotencyKey: key('answer', prompt) }, signal),
      );
      const { text, finish } = answered;
      const asked = { ...ask, prompt, text, finish, form: 'response' as const, gold };
      const idempotencyKey = key('grade', prompt, text);
      const graded = (): Promise<Graded> =>
        gradeWith(grader, { ...asked, seed: seeds.answer, idempotencyKey }, signal);
      const { verdict } = await (grader.calls > 0 ? paid('judge', graded) : graded());
      return {
        type: 'item',
        candidateId,
        itemId,
        prompt,
        answer: text,
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

/** A grader that fails says nothing about the answer: the question is given up. */
async function gradeWith(grader: Grader, request: GradeRequest, signal: AbortSignal): Promise<Graded> {
  try {
    const { usage = noUsage(), ...verdict } = await grader.grade(request, signal);
    return { verdict, usage };
  } catch (error) {
    if (!(error instanceof GraderFailure)) throw error;
    throw new CallFailure(status.FAILED_PRECONDITION, `not graded: ${error.message}`, 'item', {
      retryable: false,
      usage: error.usage,
      cause: error,
    });
  }
}

function givenUp(candidateId: string, itemId: string, prompt: string, why: string): ItemScored {
  const verdict = givenUpVerdict(why);
  return { type: 'item', candidateId, itemId, prompt, answer: '', verdict, givenUp: true };
}
