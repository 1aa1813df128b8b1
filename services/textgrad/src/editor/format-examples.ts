import type { SearchExample } from '@trprompt/core';

/** Characters of a field that the editor is shown; small models have small contexts. */
const SHOWN = 400;

/** Examples as numbered blocks of question, prompt and response. */
export function formatExamples(examples: readonly SearchExample[]): string {
  if (examples.length === 0) return '(none)';
  return examples
    .map(
      ({ question, prompt, answer }, index) =>
        `${index + 1}. Question: ${shown(question)}\n   Prompt: ${shown(prompt)}\n   Response: ${shown(answer)}`,
    )
    .join('\n\n');
}

function shown(text: string): string {
  const line = text.split(/\s+/u).join(' ').trim();
  if (line === '') return '(empty)';
  return line.length > SHOWN ? `${line.slice(0, SHOWN - 1)}…` : line;
}
