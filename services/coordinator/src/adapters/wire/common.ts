import { Placement } from '@trprompt/proto/target_llm/v1/target_llm';
import type { RunConfig, Verdict } from '@trprompt/core';
import type { Verdict as WireVerdict } from '@trprompt/proto/grading/v1/grading';
import { noUsage, type Usage } from '../../domain/model.js';

/** Usage as the domain counts it; absent is zero. */
export function toUsage(usage: Usage | undefined): Usage {
  if (usage === undefined) return noUsage();
  const { calls, promptTokens, completionTokens, cachedPromptTokens } = usage;
  return { calls, promptTokens, completionTokens, cachedPromptTokens };
}

/** A verdict as the domain has it; the method of a service of this mesh is always one of the grader's. */
export function toVerdict(verdict: WireVerdict | undefined): Verdict | null {
  if (verdict === undefined) return null;
  const { correct, extracted, method, reason, verdicts } = verdict;
  return {
    correct,
    extracted,
    method: method as Verdict['method'],
    reason,
    ...(Object.keys(verdicts).length > 0 ? { verdicts } : {}),
  };
}

/** A verdict as it goes over the wire. */
export function toWireVerdict(verdict: Verdict | null): WireVerdict | undefined {
  return verdict === null ? undefined : { ...verdict, verdicts: verdict.verdicts ?? {} };
}

const placements = {
  append: Placement.PLACEMENT_APPEND,
  prepend: Placement.PLACEMENT_PREPEND,
  system: Placement.PLACEMENT_SYSTEM,
} as const;

/** The placement of the prompt as the target service names it. */
export function toPlacement(placement: RunConfig['target']['placement']): Placement {
  return placements[placement];
}
