import { describe, expect, it } from 'vitest';
import { baselinePrompt, expertPrompts } from '../index.js';

describe('baseline prompts', () => {
  it('are empty for the bare question and the zero-shot sentence for chain of thought', () => {
    expect([baselinePrompt('base'), baselinePrompt('cot')]).toEqual(['', "Let's think step by step."]);
  });
});

describe('expert prompts', () => {
  it('are six to ten different lines', () => {
    expect(expertPrompts.length).toBeGreaterThanOrEqual(6);
    expect(expertPrompts.length).toBeLessThanOrEqual(10);
    expect(new Set(expertPrompts).size).toBe(expertPrompts.length);
    for (const prompt of expertPrompts) expect(prompt).toMatch(/^\S[^\n]*\S$/);
  });

  it('range from the bare number to steps', () => {
    expect(expertPrompts).toContain('Reply with only the final number.');
    expect(expertPrompts.some((prompt) => prompt.includes('one step at a time'))).toBe(true);
  });
});
