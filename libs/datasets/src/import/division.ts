import type { Example, RunConfig } from '@trprompt/core';

/** How examples without a split are divided: shares or counts. */
export type Division = RunConfig['data']['split'];

/** 90 / 10 into train and validation, after a slice to confirm with is taken off; for data that comes with a test split. */
export const trainDivision: Division = { train: 0.855, validation: 0.095, confirmation: 0.05, test: 0 };

/** For data that comes undivided. */
export const wholeDivision: Division = { train: 0.5, validation: 0.15, confirmation: 0, test: 0.35 };

/**
 * Examples as a run divides them: where nothing is in validation, what came as train has still to be divided (a published train split is train and
 * validation to us); what came as test stays test.
 */
export function toDivide(examples: readonly Example[]): Example[] {
  if (examples.some(({ split }) => split === 'validation')) return [...examples];
  return examples.map((example) => {
    if (example.split !== 'train') return example;
    const { split: _published, ...free } = example;
    return free;
  });
}

/** The division that fits data, when nobody says how. */
export function divisionFor(examples: readonly Example[]): Division {
  return examples.some(({ split }) => split === 'test') ? trainDivision : wholeDivision;
}
