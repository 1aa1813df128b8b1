import { exampleSplits, type Example, type SplitName } from '@trprompt/core';
import type { Example as WireExample } from '@trprompt/proto/coordinator/v1/coordinator';

/** An example as the domain has it; an unknown split is kept, so that the validation of the data names it. */
export function toExample({
  exampleId,
  question,
  answer,
  split,
  level,
  subject,
  steps,
}: WireExample): Example {
  const known = exampleSplits.find((name) => name === split);
  return {
    id: exampleId,
    question,
    answer,
    ...(split === '' ? {} : { split: known ?? (split as SplitName) }),
    ...(level === undefined ? {} : { level }),
    ...(subject === undefined ? {} : { subject }),
    ...(steps === undefined ? {} : { steps }),
  };
}
