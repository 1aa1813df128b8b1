import { judgedVerdict, type Judgement, type Usage } from '@trprompt/core';
import { Grader, GraderFailure, type GradedVerdict, type GradeRequest } from '../grader.js';

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

/** Asks a judge in both orders; what it throws, the grader throws. */
export type Compare = (task: JudgeTask, signal: AbortSignal) => Promise<Judgement & { usage: Usage }>;

/** Model calls of one comparison: one for each order. */
export const CALLS_PER_JUDGEMENT = 2;

/** Kind `judge`: correct means that the answer is better than the reference answer (`gold`) in both orders. */
export class JudgeGrader extends Grader {
  override readonly calls = CALLS_PER_JUDGEMENT;

  constructor(
    private readonly compare: Compare,
    /** What a tie counts as. */
    private readonly ties: 'loss' | 'win',
    private readonly end: () => void = () => undefined,
  ) {
    super();
  }

  async grade(request: GradeRequest, signal: AbortSignal): Promise<GradedVerdict> {
    const { itemId = '', question, text, gold, seed = 0, idempotencyKey = '' } = request;
    if (gold.trim() === '' && text.trim() !== '')
      throw new GraderFailure(
        `there is no reference answer to ${itemId === '' ? 'the question' : itemId}: give the example an answer, or let the run make one (grading.judge.reference: base)`,
      );
    const task = { itemId, question, candidate: text, reference: gold, seed, idempotencyKey };
    const { usage, ...judgement } = await this.compare(task, signal);
    return { ...judgedVerdict(judgement, text, this.ties), usage };
  }

  close(): Promise<void> {
    this.end();
    return Promise.resolve();
  }
}
