import type { Judgement, Winner } from '@trprompt/core';
import type { JudgeTask } from '@trprompt/grading';
import type { Usage } from '../domain/model.js';
import { Judge, type Session } from '../domain/ports.js';

const two: Usage = { calls: 2, promptTokens: 20, completionTokens: 10, cachedPromptTokens: 0 };

/** Compares as `decide` says, two calls each; without it the longer answer wins. */
export class FakeJudge extends Judge {
  readonly tasks: JudgeTask[] = [];
  decide: (task: JudgeTask) => Promise<Winner> = ({ candidate, reference }) =>
    Promise.resolve(candidate.length > reference.length ? 'candidate' : 'reference');

  open(): Session<JudgeTask, Judgement & { usage: Usage }> {
    const call = async (task: JudgeTask): Promise<Judgement & { usage: Usage }> => {
      this.tasks.push(task);
      return { winner: await this.decide(task), inconsistent: false, unreadable: 0, usage: two };
    };
    return { call, close: () => undefined };
  }
}
