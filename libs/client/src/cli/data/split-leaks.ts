import type { Example, Splits } from '@trprompt/core';
import { nearDuplicateWarning } from '@trprompt/datasets';

/**
 * Says which test questions are nearly questions of train, validation or confirmation.
 *
 * @param where where an example stands, for a person; by default its id
 */
export function splitLeaks(splits: Splits, where: (example: Example) => string = ({ id }) => id): string[] {
  const side = (name: string, examples: readonly Example[]) => ({
    name,
    questions: examples.map(({ question }) => question),
    where: (position: number) => {
      const example = examples[position];
      return example === undefined ? '' : where(example);
    },
  });
  const warning = nearDuplicateWarning(
    side('the test split', splits.test),
    side('the others', [...splits.train, ...splits.validation, ...splits.confirmation]),
  );
  return warning === undefined ? [] : [warning];
}
