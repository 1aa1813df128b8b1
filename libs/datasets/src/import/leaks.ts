import { findNearDuplicates } from '@trprompt/core';

const mostPairs = 5;

/** Questions with a way to say where each stands. */
export interface Side {
  /** What they are, for a message: "train", "gsm8k test". */
  name: string;
  questions: readonly string[];
  /** Where a question stands: "line 12", "test.jsonl line 12", an id. */
  where: (position: number) => string;
}

/**
 * Says which questions of one side are nearly questions of the other, with the nearest pairs; undefined when none is.
 * @param least fewer are not worth a word
 */
export function nearDuplicateWarning(of: Side, among: Side, least = 1): string | undefined {
  const found = findNearDuplicates(of.questions, among.questions);
  if (found.length < least) return undefined;
  const same = found.filter(({ sameNumbers }) => sameNumbers).length;
  const pairs = found
    .slice(0, mostPairs)
    .map(
      ({ position, original, similarity }) =>
        `${of.where(position)} ~ ${among.where(original)} (${similarity.toFixed(2)})`,
    );
  const more = found.length > pairs.length ? [`and ${found.length - pairs.length} more`] : [];
  return (
    `${found.length} of ${of.questions.length} questions of ${of.name} are nearly questions of ${among.name}, ` +
    `${same === 0 ? 'with other numbers' : same === found.length ? 'with the same numbers' : `${found.length - same} with other numbers, ${same} with the same`}: ` +
    [...pairs, ...more].join(', ')
  );
}
