import type { ExtractionMethod } from '../grading/kinds.js';
import type { RewardFacts } from './facts.js';
import type { PromptDescription, PromptKind } from './prompt-facts.js';

/**
 * The textual reward that says these facts: three short sentences, on the answer, the response and the prompt. Different
 * facts give different texts, equal facts equal ones. There is no number in it, so it cannot leak the gold answer.
 */
export function composeVerifierReward(facts: RewardFacts): string {
  return [
    verdictOf(facts),
    `The response was ${lengths[facts.answerLength]}${facts.cutOff ? ' and was cut off before its end' : ''}.`,
    `The prompt was ${describe(facts.prompt)}.`,
  ].join(' ');
}

function verdictOf({ correct, judged, method }: RewardFacts): string {
  if (judged !== undefined) return `The answer was ${comparisons[judged]} the one it was compared with.`;
  return `The answer was ${correct ? 'right' : 'wrong'}: ${found[method]}.`;
}

/** What a judge found about a response, as a sentence; undefined when no judge was asked. */
export function judgedFact({ judged }: RewardFacts): string | undefined {
  return judged && `A judge found the response ${comparisons[judged]} the one it was compared with.`;
}

/** The reward of an ideal rollout: what the search can start from when nothing better is known. */
export function idealReward(grader: 'gold' | 'judge' = 'gold'): string {
  if (grader === 'judge')
    return composeVerifierReward({
      correct: true,
      judged: 'better',
      method: 'whole',
      cutOff: false,
      answerLength: 'short',
      prompt: {
        kind: 'instruction',
        length: 'short',
        leak: 'none',
        asksForFinal: false,
        asksForSteps: false,
      },
    });
  return composeVerifierReward({
    correct: true,
    method: 'whole',
    cutOff: false,
    answerLength: 'terse',
    prompt: { kind: 'instruction', length: 'short', leak: 'none', asksForFinal: true, asksForSteps: false },
  });
}

const comparisons: Record<NonNullable<RewardFacts['judged']>, string> = {
  better: 'better than',
  equal: 'no better than',
  worse: 'worse than',
};

const found: Record<ExtractionMethod, string> = {
  boxed: 'it stood in a box',
  hash: 'it stood on a last line of its own',
  stated: 'it was stated in words',
  emphasis: 'it was emphasised',
  leading: 'it stood at the very beginning',
  last_number: 'it was only the last number in the text',
  last_expression: 'it was only the last formula in the text',
  json: 'it was the last JSON in the text',
  pattern: 'it was found by a pattern',
  whole: 'the response was nothing but the answer',
  none: 'no answer could be found',
};

const lengths: Record<RewardFacts['answerLength'], string> = {
  none: 'empty',
  terse: 'very short',
  short: 'short',
  medium: 'long',
  long: 'far too long',
};

const kinds: Record<PromptKind, string> = {
  instruction: 'clear instruction',
  empty: 'empty text',
  question: 'question instead of an instruction',
  answer: 'answer instead of an instruction',
  chat: 'piece of chat instead of an instruction',
  copy: 'copy of the question instead of an instruction',
  statement: 'statement instead of an instruction',
};

const promptLengths: Record<PromptDescription['length'], string> = {
  none: '',
  short: 'short',
  medium: 'longer',
  long: 'very long',
};

function describe(prompt: PromptDescription): string {
  const named = [promptLengths[prompt.length], kinds[prompt.kind]].filter((word) => word !== '').join(' ');
  const wants = [
    prompt.asksForFinal ? 'the final answer only' : '',
    prompt.asksForSteps ? 'steps' : '',
  ].filter((word) => word !== '');
  const asked = wants.length === 0 ? '' : ` that asked for ${wants.join(' and for ')}`;
  const leaks = { none: '', gold: ', and it gave the answer away', number: ', and it gave away a number' }[
    prompt.leak
  ];
  return `${/^[aeiou]/.test(named) ? 'an' : 'a'} ${named}${asked}${leaks}`;
}
