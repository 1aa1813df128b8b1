import type { Example } from '../example.js';
import { type ExampleFilter, exampleFilters } from './names.js';
import { isNumericAnswer } from './numeric-answer.js';

const filters: Record<ExampleFilter, (example: Pick<Example, 'answer'>) => boolean> = {
  'numeric-answer/v1': ({ answer }) => isNumericAnswer(answer),
};

/** The examples that pass a filter, in their order; all of them for the empty name. */
export function filterExamples<T extends Pick<Example, 'answer'>>(
  examples: readonly T[],
  filter: ExampleFilter | '',
): T[] {
  return filter === '' ? [...examples] : examples.filter(filters[filter]);
}

export { exampleFilters, type ExampleFilter };
