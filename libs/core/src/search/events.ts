import type { Verdict } from '../grading/kinds.js';

/** One thing that happened in a search. A search is the sum of its events: replaying them restores it. */
export type SearchEvent =
  CritiqueWritten | CandidateProposed | ItemScored | CandidateDecided | EditRejected | SearchFinished;

/** The textual gradient of a step. */
export interface CritiqueWritten {
  type: 'critique';
  /** 1-based. */
  step: number;
  text: string;
}

/** A reward text that is to be scored. */
export interface CandidateProposed {
  type: 'candidate';
  /** "c0" is the initial reward, then "c1", "c2", ... */
  candidateId: string;
  /** The step that proposed it; 0 is the initial reward. */
  step: number;
  reward: string;
  /** The candidate it was edited from; empty for the first. */
  parentId: string;
  /** The editor's output had not the asked form and was repaired. */
  repaired: boolean;
}

/** One validation question was answered under one candidate. */
export interface ItemScored {
  type: 'item';
  candidateId: string;
  itemId: string;
  prompt: string;
  answer: string;
  verdict: Verdict;
  /** The item was given up: it counts as wrong, and shows the editor nothing. */
  givenUp: boolean;
}

/** A candidate was scored on all questions and kept or reverted. */
export interface CandidateDecided {
  type: 'decision';
  candidateId: string;
  step: number;
  correct: number;
  total: number;
  kept: boolean;
}

/** Why an editor's output cannot be used. */
export type RejectReason = 'EMPTY' | 'TOO_LONG' | 'UNCHANGED' | 'MALFORMED';

/** Editor output that cannot be used; its step is spent. */
export interface EditRejected {
  type: 'rejected';
  step: number;
  reason: RejectReason;
  /** The raw output, cut at 2000 characters. */
  output: string;
}

/** The outcome. */
export interface SearchFinished {
  type: 'finished';
  /** The best candidate and its text: t*_k. */
  candidateId: string;
  reward: string;
  /** Right answers of the best. */
  correct: number;
  /** Questions asked a candidate. */
  total: number;
  /** Editor outputs that were repaired. */
  repaired: number;
  /** Editor outputs that were rejected. */
  rejected: number;
}

/** A question, the prompt that was written for it and what the target model made of them. It has no gold answer: the editor sees it. */
export interface SearchExample {
  question: string;
  prompt: string;
  answer: string;
}
