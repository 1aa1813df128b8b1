import { RunReport, RunState } from '@trprompt/proto/coordinator/v1/coordinator';
import type { DeepPartial } from '@trprompt/proto/coordinator/v1/coordinator';
import { accuracies, costs, searches } from './report-figures.js';

const digest = (digit: string): string => `sha256:${digit.repeat(64)}`;

/** A finished two-iteration run with everything in it, invented for tests. `changes` replace whole top-level fields. */
export function finishedReport(changes: DeepPartial<RunReport> = {}): RunReport {
  return RunReport.fromPartial({
    run: {
      runId: 'quickstart-ab12cd',
      name: 'quickstart',
      state: RunState.RUN_STATE_SUCCEEDED,
      iterations: 2,
      createdTime: '2026-05-04T10:00:00.000Z',
      endedTime: '2026-05-04T10:13:41.000Z',
      best: {
        iteration: 2,
        step: 'search',
        adapter: { digest: digest('b'), kind: 'adapter' },
        reward:
          'The prompt asked for a single final number and the answer was right. Short instructions work best here.',
        correct: 19,
        total: 45,
      },
    },
    config: 'name: quickstart\nseed: 7\niterations: 2\nrollout:\n  questions: 96\n',
    accuracies,
    comparisons: [
      { method: 'base', wins: 27, losses: 9, pValue: 0.0039 },
      { method: 'cot', wins: 35, losses: 4, pValue: 0.0000003 },
    ],
    searches,
    rewards: [
      { iteration: 0, reward: 'The prompt led to the right answer.' },
      { iteration: 1, reward: 'The prompt asked for the final number only.' },
      {
        iteration: 2,
        reward:
          'The prompt asked for a single final number and the answer was right. Short instructions work best here.',
      },
    ],
    trainings: [
      {
        iteration: 1,
        losses: lossCurve(24, 1.75, 0.91),
        examples: 94,
        skipped: 0,
        seconds: 128,
        tokens: 23_100,
        precision: 'fp32',
        adapter: { digest: digest('a'), kind: 'adapter' },
      },
      {
        iteration: 2,
        losses: lossCurve(24, 1.02, 0.74),
        examples: 95,
        skipped: 1,
        seconds: 131,
        tokens: 23_800,
        precision: 'fp32',
        adapter: { digest: digest('b'), kind: 'adapter' },
      },
    ],
    samples: [
      {
        iteration: 1,
        question: 'Ann has 3 apples and buys 4 more. How many apples has she?',
        prompt: 'Reply with only the final number.',
        answer: '7',
        reward: 'The answer is right. It was found as the last number.',
        correct: true,
        source: 'pool',
      },
      {
        iteration: 1,
        question:
          'A shelf holds 12 books. Ben takes 5 away and his sister, who is 9 years old, takes 2. How many books are left?',
        prompt: 'Think about the books and be nice.',
        answer: 'There are 12 books.\nBen took 5 books, so there are 12 - 5 = 7 books. His sister is 9.',
        reward: 'The answer is wrong. The prompt is no instruction about the form of the answer.',
        correct: false,
        source: 'model',
      },
      {
        iteration: 2,
        question: 'Mia bakes 6 trays of 8 rolls. How many rolls does she bake?',
        prompt: 'Give just the final number as your answer.',
        answer: '48',
        reward: 'The answer is right and short.',
        correct: true,
        source: 'model',
      },
    ],
    costs,
    givenUp: [
      { iteration: 1, phase: 'rollout', itemId: 'story-17', reason: 'The endpoint answered 500 five times.' },
    ],
    counters: { redactions: 3, search_repaired: 2, search_rejected: 1, training_skipped: 1 },
    provenance: {
      seed: '7',
      mesh: '0.1.0',
      node: 'v24.21.0',
      'model.target': 'smollm2-135m-instruct',
      dataset: digest('d'),
    },
    splits: { train: 150, validation: 45, test: 105 },
    splitHashes: { train: digest('1'), validation: digest('2'), test: digest('3') },
    samplings: [1, 2].map((iteration) => ({
      iteration,
      strategy: 'uniform',
      drawn: 96,
      wrong: 70,
      graded: 95,
    })),
    testAccess: [
      { time: '2026-05-04T10:12:07.000Z', attempt: 1, checkpoint: digest('c'), hash: digest('3') },
    ],
    ...changes,
  });
}

/** A finished run with a judge: TRPrompt won 50, tied 20 and lost 35 of 105 comparisons with answers to the bare question. */
export function judgedReport(changes: DeepPartial<RunReport> = {}): RunReport {
  const outcomes = { iteration: 0, step: 'final', split: 'test', inconsistent: 0, unreadable: 0 };
  const measured = { iteration: 0, step: 'final', split: 'test', total: 105 };
  return finishedReport({
    accuracies: [
      ...(accuracies ?? []).filter(({ split }) => split !== 'test'),
      { ...measured, method: 'trprompt', correct: 50, low: 0.383, high: 0.571 },
      { ...measured, method: 'base', correct: 0, low: 0, high: 0.035 },
      { ...measured, method: 'cot', correct: 30, low: 0.207, high: 0.379 },
    ],
    comparisons: [
      { method: 'base', wins: 50, losses: 35, pValue: 0.129 },
      { method: 'cot', wins: 45, losses: 20, pValue: 0.0027 },
    ],
    judged: [
      {
        ...outcomes,
        step: 'search',
        iteration: 2,
        split: 'validation',
        method: 'trprompt',
        wins: 21,
        ties: 9,
        losses: 15,
        score: 0.567,
        inconsistent: 5,
        pValue: 0.405,
      },
      {
        ...outcomes,
        method: 'trprompt',
        wins: 50,
        ties: 20,
        losses: 35,
        score: 0.571,
        inconsistent: 16,
        unreadable: 1,
        pValue: 0.129,
      },
      { ...outcomes, method: 'base', ties: 105, score: 0.5, pValue: 1 },
      {
        ...outcomes,
        method: 'cot',
        wins: 30,
        ties: 30,
        losses: 45,
        score: 0.429,
        inconsistent: 20,
        pValue: 0.105,
      },
    ],
    ...changes,
  });
}

/** A run that has only been accepted. */
export function emptyReport(): RunReport {
  return RunReport.fromPartial({
    run: {
      runId: 'quickstart-ab12cd',
      name: 'quickstart',
      state: RunState.RUN_STATE_RUNNING,
      iterations: 2,
      iteration: 1,
      phase: 'rollout',
    },
  });
}

function lossCurve(steps: number, first: number, last: number): number[] {
  return Array.from({ length: steps }, (_, step) => {
    const wobble = 0.05 * Math.sin(step * 2.3);
    return last + (first - last) * Math.exp((-3 * step) / steps) + wobble;
  });
}
