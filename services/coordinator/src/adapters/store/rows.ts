import { parseRunConfig, type RunConfig, type Verdict } from '@trprompt/core';
import type { Row } from '@trprompt/store';
import {
  addUsage,
  noUsage,
  type ArtefactRef,
  type CostRole,
  type ItemRecord,
  type Phase,
  type PhaseCost,
  type RunRecord,
  type RunState,
  type Usage,
} from '../../domain/model.js';

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
    config: completed(row.config),
    configDigest: row.config_digest,
    dataset: row.dataset,
    provenance: row.provenance,
    attempt: row.attempt,
    cancelRequested: row.cancel_requested,
    createdTime: row.created_at.toISOString(),
    endedTime: row.ended_at?.toISOString(),
  };
}

/** The configuration of a run with the defaults of settings that did not exist when it was created. */
function completed(config: RunConfig): RunConfig {
  const parsed = parseRunConfig(config);
  return parsed.ok ? parsed.config : config;
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
  role: CostRole;
  calls: number;
  prompt_tokens: number;
  completion_tokens: number;
  cached_prompt_tokens: number;
  money: number;
  seconds: number;
}

/** The costs of phases from their rows, one for each role. */
export function toCosts(rows: readonly CostRow[]): PhaseCost[] {
  const phases = Map.groupBy(rows, ({ iteration, phase }) => `${iteration}/${phase}`);
  return [...phases.values()].map((own) => {
    const { iteration, phase } = own[0] as CostRow;
    const cost: PhaseCost = { iteration, phase, usage: noUsage(), money: 0, seconds: 0, roles: [] };
    for (const { role, money, seconds, ...row } of own) {
      const usage: Usage = {
        calls: row.calls,
        promptTokens: row.prompt_tokens,
        completionTokens: row.completion_tokens,
        cachedPromptTokens: row.cached_prompt_tokens,
      };
      cost.usage = addUsage(cost.usage, usage);
      cost.money += money;
      cost.seconds += seconds;
      if (role !== '' || usage.calls > 0) cost.roles.push({ role, usage, money });
    }
    return cost;
  });
}
