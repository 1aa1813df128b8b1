import { boxed } from './boxed.js';
import { hashes } from './hashes.js';
import { stated } from './stated.js';
import type { Statement } from './statement.js';

/** Every explicit statement of a final answer (\boxed{}, "####", in words), in the order of the text. Linear time. */
export function statements(text: string): Statement[] {
  const boxes = boxed(text);
  // "The answer is \boxed{5}" states it once.
  const around = stated(text).filter(
    ({ position, end }) => !boxes.some((box) => box.position >= position && box.position < end),
  );
  return [...boxes, ...hashes(text), ...around].sort((a, b) => a.position - b.position || a.end - b.end);
}

/** Whether what stands between two places takes an answer back: "Wait, no". */
function retracts(between: string): boolean {
  return /\b(?:wait|oops|actually|sorry|correction|mistake|incorrect|wrong|hold on|hmm|let me (?:re|double)|not right|scratch that)\b|\bno\b[,.!]/i.test(
    between,
  );
}

/**
 * The statements without an unfinished last one that only began to repeat the one before ("The answer is 5. The answer is"). An unfinished one that stays in the list is the
 * last and has `cutOff`.
 */
export function withoutRepeatedStart(text: string, list: readonly Statement[]): readonly Statement[] {
  const [before, last] = [list.at(-2), list.at(-1)];
  if (last === undefined || before === undefined || !last.cutOff) return list;
  const begun = last.content.replaceAll(/[\s$*_]/g, '');
  const repeats = before.content.replaceAll(/[\s$*_]/g, '').startsWith(begun) && !before.cutOff;
  return repeats && !retracts(text.slice(before.end, last.position))
    ? withoutRepeatedStart(text, list.slice(0, -1))
    : list;
}

/**
 * Whether a text has not made up its mind: its last four changes of the answer go back and forth between two, or it ends in eight answers that are all different.
 *
 * @param answers the answers stated, in order, equal ones written alike
 */
export function isUndecided(answers: readonly string[]): boolean {
  const runs = answers.filter((answer, index) => answer !== answers[index - 1]);
  const [a, b, c, d] = runs.slice(-4);
  if (d !== undefined && a === c && b === d) return true;
  return new Set(runs.slice(-8)).size === 8;
}
