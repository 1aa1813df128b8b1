import type { TextgradTemplate } from '@trprompt/core';
import { ChatError, ChatModel, noUsage, type ChatCompletion, type ChatRequest } from '@trprompt/llm';
import { IdempotentResults } from '@trprompt/service';
import { describe, expect, it } from 'vitest';
import { formatExamples } from './format-examples.js';
import { LlmEditor } from './llm-editor.js';

/** Refuses what is longer than its context, in characters. */
class SmallModel extends ChatModel {
  readonly asked: string[] = [];
  constructor(private readonly context: number) {
    super();
  }
  override async complete(request: ChatRequest): Promise<ChatCompletion> {
    const content = request.messages.map((message) => message.content).join('');
    this.asked.push(content);
    const usage = { ...noUsage(), calls: 1 };
    if (content.length > this.context)
      throw new ChatError('INVALID_REQUEST', 'context length exceeded', { usage });
    return { text: 'done', finishReason: 'stop', usage };
  }
}

const template: TextgradTemplate = {
  id: 'textgrad/v1',
  kind: 'textgrad',
  description: 'test',
  critique: '{{reward}}|{{failures}}|{{successes}}',
  edit: '{{reward}}|{{critique}}|<reward></reward>',
};
const settings = {
  template,
  model: 'm',
  decoding: { temperature: 0, topP: 1, maxTokens: 8, stop: [] },
  idempotencyKey: '',
  deadlineAt: Infinity,
};
const editorOf = (model: ChatModel): LlmEditor =>
  new LlmEditor(
    model,
    new IdempotentResults<ChatCompletion>({ maxEntries: 10, maxBytes: 1e6, refuse: Error }),
  );
const never = new AbortController().signal;
const example = (name: string) => ({ question: name.repeat(20), prompt: 'p', answer: 'a' });
const examples = ['q', 'r', 's', 't'].map(example);

describe('the editor', () => {
  it('shows the whole minibatch when it fits', async () => {
    const model = new SmallModel(10_000);
    const input = { reward: 'R', failures: examples, successes: examples.slice(0, 1), seed: 1 };
    await expect(editorOf(model).critique(input, settings, never)).resolves.toMatchObject({
      usage: { calls: 1 },
    });
    expect(model.asked[0]).toContain(`4. Question: ${'t'.repeat(20)}`);
  });

  it('halves a minibatch that does not fit, and counts every call', async () => {
    const model = new SmallModel(200);
    const input = { reward: 'R', failures: examples, successes: [], seed: 1 };
    const { usage } = await editorOf(model).critique(input, settings, never);
    expect(usage.calls).toBe(2);
    expect(model.asked.map((text) => text.match(/Question/g)?.length)).toEqual([4, 2]);
  });

  it('shortens a critique that does not fit', async () => {
    const model = new SmallModel(80);
    const input = { reward: 'R', critique: 'c'.repeat(100), seed: 1 };
    await expect(editorOf(model).edit(input, settings, never)).resolves.toMatchObject({
      text: 'done',
      cutOff: false,
    });
    expect(model.asked).toHaveLength(2);
  });

  it('fails with the endpoint’s words when nothing fits', async () => {
    const input = { reward: 'R', failures: examples, successes: examples, seed: 1 };
    await expect(editorOf(new SmallModel(10)).critique(input, settings, never)).rejects.toMatchObject({
      code: 'INVALID_REQUEST',
      usage: { calls: 3 },
    });
  });

  it('asks even when there is nothing to show', async () => {
    const model = new SmallModel(1000);
    await editorOf(model).critique({ reward: 'R', failures: [], successes: [], seed: 1 }, settings, never);
    expect(model.asked[0]).toBe('R|(none)|(none)');
  });

  it('cuts long fields and joins their lines', () => {
    const text = formatExamples([{ question: 'one\ntwo', prompt: '', answer: 'z'.repeat(1000) }]);
    expect(text).toContain('1. Question: one two\n   Prompt: (empty)\n   Response: zzz');
    expect(text.length).toBeLessThan(500);
  });
});
