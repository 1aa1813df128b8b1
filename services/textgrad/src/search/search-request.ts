import type {
  CandidateProposed,
  CritiqueWritten,
  EditRejected,
  GradingSettings,
  ItemScored,
  LimitName,
  SearchEvent,
  SearchExample,
} from '@trprompt/core';
import type { ItemFailure, Usage } from '@trprompt/llm';
import type { EditorSettings } from '../ports/editor.js';
import type { PromptSettings } from '../ports/prompt-writer.js';
import type { TargetSettings } from '../ports/target-answerer.js';
import type { SearchLimits, SearchRole } from './search-budget.js';

/** A question that scores candidates. The gold answer reaches the grader only. */
export interface ValidationQuestion {
  itemId: string;
  question: string;
  gold: string;
}

/** One search, checked. */
export interface SearchRequest {
  /** Keys of the search's calls derive from it; empty: they have none. */
  idempotencyKey: string;
  seed: number;
  initialReward: string;
  validation: readonly ValidationQuestion[];
  rollouts: readonly (SearchExample & { correct: boolean })[];
  prompt: PromptSettings;
  target: TargetSettings;
  /** How answers are graded. */
  grading: GradingSettings;
  editor: EditorSettings;
  steps: number;
  minibatch: number;
  /** Longest reward text, characters. */
  maxRewardLength: number;
  /** Questions in flight at once. */
  concurrency: number;
  /** Events of an interrupted search with the same settings, in order. */
  history: readonly SearchEvent[];
  /** What may be spent, the history not counted. */
  budget: SearchLimits;
}

interface Paid {
  usage: Usage;
}
/** `promptUsage` is the prompt's part of `usage`, `judgeUsage` the judge's. */
export type ItemPaid = ItemScored & Paid & { promptUsage: Usage; judgeUsage?: Usage; failure?: ItemFailure };
type PaidEvent = ItemPaid | (CritiqueWritten & Paid) | ((CandidateProposed | EditRejected) & Paid);

/** An event with its cost; decisions, the initial candidate and the end cost nothing. */
export type CostedEvent = PaidEvent | (SearchEvent & { usage?: undefined; failure?: undefined });

/** The budget is spent, and what had begun is finished: the search can go on from its events. */
export interface SearchStopped {
  type: 'stopped';
  limit: LimitName;
}

/** Calls that were paid for and gave nothing: the search ends with a failure after it. */
export interface CallsLost {
  type: 'lost';
  usage: Readonly<Record<SearchRole, Usage>>;
}
