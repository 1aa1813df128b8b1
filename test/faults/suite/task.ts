import type { RunConfigInput } from '@trprompt/core';
import { scriptedTask } from '../../support/scripted-task.js';

/** Phases of a run in their order. */
export const phases = [
  'baseline',
  'rollout',
  'train',
  'evaluate_train',
  'search',
  'evaluate_search',
  'test',
] as const;

export type Phase = (typeof phases)[number];

/** One step of a run: iteration 0 is before the first and, for `test`, after the last. */
export interface Step {
  iteration: number;
  phase: Phase;
}

export const ITERATIONS = 2;

/** Questions of a run that are worked on at once: so many calls are in flight at most. */
export const CONCURRENCY = 6;

/** The questions that every scenario's run works on. */
export const task = scriptedTask(60);

/** Small, but with every phase, two iterations and calls in each phase; the training has six steps and three checkpoints. */
export const runConfig = {
  name: 'faults',
  seed: 11,
  data: { source: 'inline' },
  iterations: ITERATIONS,
  rollout: { questions: 24, concurrency: CONCURRENCY, exploration: { share: 0.25, iterations: 1 } },
  critic: { mode: 'llm' },
  train: { rank: 4, alpha: 8, batchSize: 4, epochs: 1, checkpointSteps: 2, precision: 'fp32' },
  search: { steps: 2, initialReward: 'The prompt was not helpful.', validationQuestions: 8 },
} satisfies RunConfigInput;

/** The steps of that run in order. */
export function stepsOf(iterations = ITERATIONS): Step[] {
  const inner = phases.slice(1, -1);
  return [
    { iteration: 0, phase: 'baseline' },
    ...Array.from({ length: iterations }, (_, index) =>
      inner.map((phase) => ({ iteration: index + 1, phase })),
    ).flat(),
    { iteration: 0, phase: 'test' },
  ];
}

/** "rollout of iteration 1" in short. */
export function stepName({ iteration, phase }: Step): string {
  return iteration === 0 ? phase : `${phase}-${iteration}`;
}
