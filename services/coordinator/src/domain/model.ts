import type { PaidRole, RunConfig, Usage, Verdict } from '@trprompt/core';
import type { ArtefactRef } from '@trprompt/store';

export { addUsage, noUsage, type Usage } from '@trprompt/core';
export type { ArtefactRef } from '@trprompt/store';

/** Life of a run; the last four are ends from which all but `succeeded` can be resumed. */
export type RunState = 'pending' | 'running' | 'succeeded' | 'failed' | 'cancelled' | 'stopped';

/** Whether nothing works on a run in this state. */
export function hasEnded(state: RunState): boolean {
  return state !== 'pending' && state !== 'running';
}

const phases = [
  'references',
  'baseline',
  'rollout',
  'train',
  'evaluate_train',
  'search',
  'evaluate_search',
  'test',
] as const;

/** What a step of a run does. */
export type Phase = (typeof phases)[number];

export function isPhase(text: string): text is Phase {
  return (phases as readonly string[]).includes(text);
}

/** Names one step of a run. Iteration 0 is before the first one and, for `test`, after the last. */
export interface StepKey {
  iteration: number;
  phase: Phase;
}

/** A run as it is stored. */
export interface RunRecord {
  runId: string;
  name: string;
  state: RunState;
  /** Why it failed, was cancelled or stopped; empty otherwise. */
  reason: string;
  iteration: number;
  /** Empty before the first phase. */
  phase: string;
  config: RunConfig;
  /** SHA-256 of the canonical configuration as it was accepted, hexadecimal: limits of a resumed run do not change it. */
  configDigest: string;
  /** The data set with its splits. */
  dataset: ArtefactRef;
  /** Seeds and versions, for the report. */
  provenance: Record<string, string>;
  /** How often it was started. */
  attempt: number;
  /** Somebody asked for its end. */
  cancelRequested: boolean;
  /** ISO 8601. */
  createdTime: string;
  /** ISO 8601; undefined while it has not ended. */
  endedTime: string | undefined;
}

/** One question's result within a step. */
export interface ItemRecord {
  itemId: string;
  /** SHA-256 over everything that shaped the result, hexadecimal. A row with another hash is not reused. */
  inputHash: string;
  /** Empty: no prompt (base line, or the model wrote nothing). */
  prompt: string;
  /** Who wrote the prompt: the prompt model, the expert pool, or nobody (a fixed base line). */
  promptSource: 'model' | 'pool' | 'none';
  answer: string;
  /** "stop" or "length". */
  finish: string;
  /** Null when the item was given up. */
  verdict: Verdict | null;
  /** The critic's text; empty outside of rollouts. */
  reward: string;
  /** Places in the critic's text that named the gold answer and were redacted. */
  redactions: number;
  usage: Usage;
  /** Why the item was given up; null when it was not. */
  error: string | null;
}

/** Adapter and reward text that together write prompts. */
export interface Policy {
  /** Undefined: the base model. */
  adapter: ArtefactRef | undefined;
  /** The textual reward t* to condition on. */
  reward: string;
}

/** A policy with its validation accuracy. */
export interface Checkpoint extends Policy {
  iteration: number;
  step: 'initial' | 'train' | 'search';
  correct: number;
  total: number;
}

/** One measured accuracy. */
export interface Accuracy {
  iteration: number;
  /** After which step it was measured. */
  step: 'initial' | 'rollout' | 'train' | 'search' | 'final';
  split: 'train' | 'validation' | 'test';
  method: string;
  correct: number;
  total: number;
  /** 95 % Wilson interval. */
  low: number;
  high: number;
  /** Answers for which each further verdict of the grader holds, by name; empty: it has none. */
  verdicts: Record<string, number>;
}

/** A training as the run remembers it. */
export interface TrainingRecord {
  iteration: number;
  /** Name at the trainer: its idempotency key. */
  name: string;
  state: 'running' | 'succeeded' | 'failed' | 'cancelled';
  /** 1 for the first try. */
  attempt: number;
  dataset: ArtefactRef;
  /** Triples left out of the data set: no prompt, or given up. */
  leftOut: number;
  adapter: ArtefactRef | undefined;
  /** Loss by optimiser step, nats per prompt token. */
  losses: number[];
  metrics: TrainingMetrics | undefined;
  /** Why it failed; empty otherwise. */
  failure: string;
}

/** Numbers of a finished training. */
export interface TrainingMetrics {
  examples: number;
  skipped: number;
  tokens: number;
  seconds: number;
  firstLoss: number;
  lastLoss: number;
  precision: string;
}

/** Who was paid: a role's model calls, or the machine that trains. Empty: not known, booked by an earlier version. */
export type CostRole = PaidRole | 'training' | '';

/** What one role cost. */
export interface RoleCost {
  role: CostRole;
  usage: Usage;
  /** In the currency of the configuration's prices. */
  money: number;
}

/** What one phase of one iteration cost, over all attempts; usage and money are the sums over roles. */
export interface PhaseCost extends StepKey {
  usage: Usage;
  money: number;
  /** Wall time, seconds. */
  seconds: number;
  roles: RoleCost[];
}

/** How the questions of a rollout were drawn, and what came of it. */
export interface RolloutSampling {
  strategy: RunConfig['rollout']['sampling']['strategy'];
  /** Questions drawn, repetitions counted. */
  drawn: number;
  /** Different questions among them that no earlier rollout had drawn. */
  unseen: number;
  /** Draws by stratum; empty: not drawn by strata. */
  strata: Record<string, number>;
  /** Share of wrong answers asked for, and expected of the questions drawn, 0 to 1; 0: none was asked for. */
  wrongAsked: number;
  wrongExpected: number;
  /** Wrong answers among the graded ones. */
  wrong: number;
  graded: number;
}

/** A finished step and what it hands to the next ones. */
export interface StepRecord extends StepKey {
  done: number;
  givenUp: number;
  /** The adapter that a `train` step made. */
  adapter?: ArtefactRef;
  /** The reward text that a `search` step found. */
  reward?: string;
  /** How a `rollout` step drew its questions; absent in runs of earlier versions. */
  sampling?: RolloutSampling;
}
