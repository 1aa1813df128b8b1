/**
 * Instructions written by hand, from terse to step by step, from which `rollout.exploration` draws when the configuration
 * names no prompts of its own. Their order is part of the seeded result: append, never reorder.
 */
export const expertPrompts: readonly string[] = [
  'Reply with only the final number.',
  'Work through the problem one step at a time, then give the result on a last line as: #### result',
  'Answer with a single number and nothing else.',
  'Do the arithmetic carefully and write only the result.',
  'First write down which quantities matter, then calculate, then say: The answer is N.',
  'Give just the number that answers the question. No words, no explanation.',
  'Ignore details that do not matter for the question. Write the calculation as one equation, then the result.',
  'State the final result first, as a number.',
];
