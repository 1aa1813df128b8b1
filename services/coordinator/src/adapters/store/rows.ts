import type { RunConfig, Verdict } from '@trprompt/core';
import type { Row } from '@trprompt/store';
import type { ArtefactRef, ItemRecord, Phase, RunRecord, RunState, Usage } from '../../domain/model.js';

/** A row of `runs`. */
export interface RunRow extends Row {
  position: number;
  run_id: string;
  name: string;
  state: RunState;
  reason: string;
  iteration: number;
  phase: string;
  attempt: number;
  cancel_requested: boolean;
  config: RunConfig;
  config_digest: string;
  dataset: ArtefactRef;
  provenance: Record<string, string>;
  created_at: Date;
  ended_at: Date | null;
}

export function toRun(row: RunRow): RunRecord {
  return {
    runId: row.run_id,
    name: row.name,
    state: row.state,
    reason: row.reason,
    iteration: row.iteration,
    phase: row.phase,
    config: row.config,
    configDigest: row.config_digest,
    dataset: row.dataset,
    provenance: row.provenance,
    attempt: row.attempt,
    cancelRequested: row.cancel_requested,
    createdTime: row.created_at.toISOString(),
    endedTime: row.ended_at?.toISOString(),
  };
}

/** A row of `items`. */
export interface ItemRow extends Row {
  iteration: number;
  phase: Phase;
  item_id: string;
  input_hash: string;
  prompt: string;
  prompt_source: ItemRecord['promptSource'];
  answer: string;
  finish: string;
  verdict: Verdict | null;
  reward: string;
  redactions: number;
  usage: Usage;
  error: string | null;
}

export function toItem(row: ItemRow): ItemRecord {
  return {
    itemId: row.item_id,
    inputHash: row.input_hash,
    prompt: row.prompt,
    promptSource: row.prompt_source,
    answer: row.answer,
    finish: row.finish,
    verdict: row.verdict,
    reward: row.reward,
    redactions: row.redactions,
    usage: row.usage,
    error: row.error,
  };
}

/** A row of `phase_costs`. */
export interface CostRow extends Row {
  iteration: number;
  phase: Phase;
  calls: number;
  prompt_tokens: number;
  completion_tokens: number;
  cached_prompt_tokens: number;
  seconds: number;
}
