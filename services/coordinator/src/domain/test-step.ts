import { baselinePrompt, deriveSeed } from '@trprompt/core';
import { accuracyOf, completeItems, scoreItems } from './evaluate-step.js';
import { StepFailure } from './failures.js';
import type { Accuracy, StepKey } from './model.js';
import type { RunContext } from './run-context.js';
import { chooseExamples, evaluationTasks } from './sampling.js';
import { beginStep, type LoopState } from './step-state.js';

/** Item ids of the test step are "<method>:<example>". */
export function testItemPrefix(method: string): string {
  return `${method}:`;
}

/**
 * The end of a run: the best checkpoint and every base line answer the same test questions with the same seeds, once, so that they can be compared
 * pair by pair.
 */
export async function testStep(context: RunContext, step: StepKey, state: LoopState): Promise<void> {
  const { run, splits } = context;
  if (!state.best) throw new StepFailure('there is no checkpoint to test');
  const { baselines, testQuestions } = run.config.evaluate;
  const examples = chooseExamples(splits.test, testQuestions, deriveSeed(run.config.seed, 'test'));
  const policy = { adapter: state.best.adapter, reward: state.best.reward };
  const methods = ['trprompt', ...baselines];
  const tasks = [
    ...evaluationTasks(run, examples, policy, { prefix: testItemPrefix('trprompt') }),
    ...baselines.flatMap((method) =>
      evaluationTasks(run, examples, policy, {
        prefix: testItemPrefix(method),
        given: baselinePrompt(method),
      }),
    ),
  ];
  await beginStep(context, step, tasks.length);
  const records = await scoreItems(context, step, tasks, { policy });
  const accuracies: Accuracy[] = methods.map((method) =>
    accuracyOf(
      records.filter((record) => record.itemId.startsWith(testItemPrefix(method))),
      { iteration: 0, step: 'final', split: 'test', method },
    ),
  );
  await completeItems(
    context,
    step,
    records,
    [...accuracies.map((accuracy) => ({ kind: 'accuracy' as const, accuracy })), context.spending.take(step)],
    accuracies.map((accuracy) => ({ type: 'accuracy_measured' as const, accuracy })),
  );
}
