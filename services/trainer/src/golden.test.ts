import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { buildPromptModelMessages, parseTemplate } from '@trprompt/core';
import { describe, expect, it } from 'vitest';
import { worker } from './testing/python.js';

interface Case {
  name: string;
  template: { system: string; user: string };
  question: string;
  reward: string;
  messages: { role: string; content: string }[];
}

const cases = JSON.parse(await readFile(join(worker, 'tests', 'golden.json'), 'utf8')) as Case[];

describe('what the prompt model is asked, as the golden file of worker and serving has it', () => {
  it.each(cases)('$name', ({ template, question, reward, messages }) => {
    const parsed = parseTemplate(
      { id: 'prompt-model/v1', kind: 'prompt-model', description: 'golden', ...template },
      'golden.json',
    );
    if (parsed.kind !== 'prompt-model') throw new Error('parseTemplate changed the kind');
    expect(buildPromptModelMessages(parsed, question, reward)).toEqual(messages);
  });
});
