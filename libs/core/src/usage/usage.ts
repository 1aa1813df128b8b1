/** What work cost at the inference endpoint. */
export interface Usage {
  /** HTTP requests that reached the endpoint, retries included. */
  calls: number;
  /** Prompt tokens, as the endpoint counted them. */
  promptTokens: number;
  /** Generated tokens, as the endpoint counted them. */
  completionTokens: number;
  /** Prompt tokens that the endpoint took from its prefix cache, part of `promptTokens`. */
  cachedPromptTokens: number;
}

export function noUsage(): Usage {
  return { calls: 0, promptTokens: 0, completionTokens: 0, cachedPromptTokens: 0 };
}

/** The sum, field by field; undefined counts as nothing. */
export function addUsage(a: Usage | undefined, b: Usage | undefined): Usage {
  return {
    calls: (a?.calls ?? 0) + (b?.calls ?? 0),
    promptTokens: (a?.promptTokens ?? 0) + (b?.promptTokens ?? 0),
    completionTokens: (a?.completionTokens ?? 0) + (b?.completionTokens ?? 0),
    cachedPromptTokens: (a?.cachedPromptTokens ?? 0) + (b?.cachedPromptTokens ?? 0),
  };
}

/** `a` without `b`, which is a part of it. */
export function subtractUsage(a: Usage, b: Usage): Usage {
  return {
    calls: a.calls - b.calls,
    promptTokens: a.promptTokens - b.promptTokens,
    completionTokens: a.completionTokens - b.completionTokens,
    cachedPromptTokens: a.cachedPromptTokens - b.cachedPromptTokens,
  };
}
