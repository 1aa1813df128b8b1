import { grade, type GraderKind } from '@trprompt/core';
import { ItemFailure } from './failures.js';
import { addUsage, noUsage, type ItemRecord, type Usage } from './model.js';
import { patiently, type Patience } from './patience.js';
import type {
  AnswerTask,
  CritiqueTask,
  PromptTask,
  Session,
  TargetAnswer,
  TextualReward,
  WrittenPrompt,
} from './ports.js';

/** One question on its way through the services. */
export interface QuestionTask {
  itemId: string;
  inputHash: string;
  question: string;
  gold: string;
  /** A prompt that needs no model: from the pool, or a base line's. Undefined: the prompt model writes it. */
  given?: { prompt: string; source: 'pool' | 'none' };
  seeds: { prompt: number; answer: number; critique: number };
}

/** The services of one step; without a critic no reward is written. */
export interface PipelineSessions {
  prompts: Session<PromptTask, WrittenPrompt>;
  answers: Session<AnswerTask, TargetAnswer>;
  critiques?: Session<CritiqueTask, TextualReward>;
}

/**
 * prompt → answer → verdict → critique for one question, independent of all others. A failure of the item itself ends in a record that
 * says so; a failure of a service is thrown.
 */
export class QuestionPipeline {
  constructor(
    private readonly sessions: PipelineSessions,
    private readonly grader: GraderKind,
    private readonly patience: Patience,
    /** Hears of every cost as soon as it is known. */
    private readonly spend: (usage: Usage) => void,
  ) {}

  async run(task: QuestionTask, signal: AbortSignal): Promise<ItemRecord> {
    const record: ItemRecord = {
      itemId: task.itemId,
      inputHash: task.inputHash,
      prompt: task.given?.prompt ?? '',
      promptSource: task.given?.source ?? 'model',
      answer: '',
      finish: '',
      verdict: null,
      reward: '',
      redactions: 0,
      usage: noUsage(),
      error: null,
    };
    try {
      await this.#fill(record, task, signal);
    } catch (error) {
      if (!(error instanceof ItemFailure)) throw error;
      record.error = error.message;
      record.verdict = null;
    }
    return record;
  }

  async #fill(record: ItemRecord, task: QuestionTask, signal: AbortSignal): Promise<void> {
    const { prompts, answers, critiques } = this.sessions;
    const { itemId, question, gold, seeds } = task;
    if (!task.given) {
      const written = await this.#paid(record, signal, () =>
        prompts.call({ itemId, question, seed: seeds.prompt }, signal),
      );
      record.prompt = written.text;
    }
    const answer = await this.#paid(record, signal, () =>
      answers.call({ itemId, question, prompt: record.prompt, seed: seeds.answer }, signal),
    );
    record.answer = answer.text;
    record.finish = answer.finish;
    const verdict = grade(this.grader, answer.text, gold);
    record.verdict = verdict;
    if (!critiques) return;
    const { prompt, finish } = record;
    const reward = await this.#paid(record, signal, () =>
      critiques.call(
        { itemId, question, prompt, answer: answer.text, finish, gold, verdict, seed: seeds.critique },
        signal,
      ),
    );
    record.reward = reward.text;
    record.redactions = reward.redactions;
  }

  async #paid<R extends { usage: Usage }>(
    record: ItemRecord,
    signal: AbortSignal,
    call: () => Promise<R>,
  ): Promise<R> {
    const pay = (usage: Usage): void => {
      record.usage = addUsage(record.usage, usage);
      this.spend(usage);
    };
    const result = await patiently(call, this.patience, signal, (failure) => pay(failure.usage));
    pay(result.usage);
    return result;
  }
}
