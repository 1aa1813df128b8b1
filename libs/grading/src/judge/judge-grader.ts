import { judgedVerdict, type Judgement, type Usage } from '@trprompt/core';
import { Grader, type GradedVerdict, type GradeRequest } from '../grader.js';

/** Two answers for a judge. */
export interface JudgeTask {
  itemId: string;
  question: string;
  /** The answer under test. */
  candidate: string;
  /** The answer that it is compared with. */
  reference: string;
  seed: number;
  /** Empty: nothing is kept. */
  idempotencyKey: string;
}

/** A judge, asked in both orders. What it throws, the grader throws. */
export interface Comparer {
  compare(task: JudgeTask, signal: AbortSignal): Promise<Judgement & { usage: Usage }>;
  /** Rejects what still waits. */
  close(): void;
}

/** Model calls of one comparison: one for each order. */
export const CALLS_PER_JUDGEMENT = 2;

/**
 * Kind `judge`: correct means that the answer is better than the reference answer (`gold`) in both orders. Equal texts tie and an empty text loses without
 * any call.
 */
export class JudgeGrader extends Grader {
  override readonly calls = CALLS_PER_JUDGEMENT;

  constructor(
    private readonly judge: Comparer,
    /** What a tie counts as. */
    private readonly ties: 'loss' | 'win',
  ) {
    super();
  }

  async grade(request: GradeRequest, signal: AbortSignal): Promise<GradedVerdict> {
    const { itemId = '', question, text, gold, seed = 0, idempotencyKey = '' } = request;
    const task = { itemId, question, candidate: text, reference: gold, seed, idempotencyKey };
    const { usage, ...judgement } = await this.judge.compare(task, signal);
    return { ...judgedVerdict(judgement, text, this.ties), usage };
  }

  close(): Promise<void> {
    this.judge.close();
    return Promise.resolve();
  }
}
