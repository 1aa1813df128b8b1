/** Methods without learning that a run is compared with: the bare question, and zero-shot chain of thought. */
export const baselineMethods = ['base', 'cot'] as const;
export type BaselineMethod = (typeof baselineMethods)[number];

const prompts: Record<BaselineMethod, string> = {
  base: '',
  // Kojima et al., "Large Language Models are Zero-Shot Reasoners", 2022.
  cot: "Let's think step by step.",
};

/** The prompt of a base line; empty for the bare question. */
export function baselinePrompt(method: BaselineMethod): string {
  return prompts[method];
}
