import type { GradedText, Usage, Verdict } from '@trprompt/core';

/** One answer to be graded. */
export interface GradeRequest extends GradedText {
  /** What was asked. */
  question: string;
  /** The prompt that led to the answer. */
  prompt?: string;
  /** The gold answer; empty for kinds that need none. */
  gold: string;
  /** Which question it is, for messages. */
  itemId?: string;
  /** Names the grading for calls that are made again; empty or absent: nothing is kept. */
  idempotencyKey?: string;
  /** Seed of what a grader draws, 0 to 2^31-1. */
  seed?: number;
}

/** A verdict, and what the model calls cost that it took. */
export interface GradedVerdict extends Verdict {
  usage?: Usage;
  /** Why no answer can ever match the gold answer; told by graders that look at it. */
  goldProblem?: string;
}

/** Compares answers with gold answers. One grader serves any number of gradings at once. */
export abstract class Grader {
  /** Model calls that a grading makes, retries left aside; a budget reserves them. */
  readonly calls: number = 0;

  /**
   * @throws GraderFailure when the grader itself failed: nothing is known about the answer then
   * @throws the signal's reason
   */
  abstract grade(request: GradeRequest, signal: AbortSignal): Promise<GradedVerdict>;

  /** Ends what the grader runs; gradings in flight fail. */
  abstract close(): Promise<void>;
}

/** The grader failed, not the answer: an endpoint is down, a module threw, time was over. The message says what to do. */
export class GraderFailure extends Error {
  override name = 'GraderFailure';
  /** What was paid for nonetheless. */
  readonly usage: Usage | undefined;

  constructor(message: string, options: { cause?: unknown; usage?: Usage } = {}) {
    super(message, { cause: options.cause });
    this.usage = options.usage;
  }
}
