import type { ExtractionMethod, Verdict } from '../grading/kinds.js';
import { judgedOutcome, type Winner } from '../judge/judgement.js';
import { describePrompt, type PromptDescription } from './prompt-facts.js';

/** What a verifier knows about one rollout. Every field has few values, so that the composed texts have a small, stable vocabulary. */
export interface RewardFacts {
  /** Whether the target model's final answer equals the gold answer. */
  correct: boolean;
  /** A judge's finding, for tasks without a gold answer; it stands in place of right or wrong. Absent: no judge was asked. */
  judged?: 'better' | 'equal' | 'worse';
  /** How the final answer was found. */
  method: ExtractionMethod;
  /** The response ended at the token limit. */
  cutOff: boolean;
  /** none: no words; terse: up to 5 words; short: up to 40; medium: up to 120; long: more. */
  answerLength: 'none' | 'terse' | 'short' | 'medium' | 'long';
  /** The prompt. */
  prompt: PromptDescription;
}

/** One rollout, as the critic sees it. */
export interface RolloutForFacts {
  question: string;
  prompt: string;
  /** The target model's response. */
  answer: string;
  gold: string;
  verdict: Pick<Verdict, 'correct' | 'method' | 'verdicts'>;
  /** "stop" or "length"; anything else counts as "stop". */
  finishReason: string;
}

/** Establishes the facts of one rollout, by fixed rules. */
export function rewardFacts({
  question,
  prompt,
  answer,
  gold,
  verdict,
  finishReason,
}: RolloutForFacts): RewardFacts {
  const winner = judgedOutcome(verdict);
  return {
    correct: verdict.correct,
    ...(winner === undefined ? {} : { judged: judgedWords[winner] }),
    method: verdict.method,
    cutOff: finishReason === 'length',
    answerLength: lengthOf(answer),
    prompt: describePrompt(prompt, question, gold),
  };
}

const judgedWords: Record<Winner, NonNullable<RewardFacts['judged']>> = {
  candidate: 'better',
  tie: 'equal',
  reference: 'worse',
};

function lengthOf(answer: string): RewardFacts['answerLength'] {
  const words = (answer.match(/\S+/g) ?? []).length;
  if (words === 0) return 'none';
  if (words <= 5) return 'terse';
  if (words <= 40) return 'short';
  return words <= 120 ? 'medium' : 'long';
}
