import type { Judgement, Usage, Winner } from '@trprompt/core';
import type { Comparer, JudgeTask } from '@trprompt/grading';

const two: Usage = { calls: 2, promptTokens: 20, completionTokens: 10, cachedPromptTokens: 0 };

/** Compares as `decide` says, two calls each; without it the longer answer wins. */
export class FakeJudge implements Comparer {
  readonly tasks: JudgeTask[] = [];
  decide: (task: JudgeTask) => Promise<Winner> = ({ candidate, reference }) =>
    Promise.resolve(candidate.length > reference.length ? 'candidate' : 'reference');

  async compare(task: JudgeTask): Promise<Judgement & { usage: Usage }> {
    this.tasks.push(task);
    return { winner: await this.decide(task), inconsistent: false, unreadable: 0, usage: two };
  }

  close(): void {}
}
