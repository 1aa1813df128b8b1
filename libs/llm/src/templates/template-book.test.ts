import { TemplateError } from '@trprompt/core';
import { describe, expect, it } from 'vitest';
import { TemplateBook } from './template-book.js';

const target = (id: string) => ({
  id,
  kind: 'target-llm',
  description: 'test',
  system: '',
  separator: '\n\n',
  placement: 'append',
});
const promptModel = {
  id: 'prompt-model/v1',
  kind: 'prompt-model',
  description: 'test',
  system: '',
  user: '{{reward}} {{question}}',
};
const loaded = (...templates: { id: string }[]) =>
  new Map(templates.map((template) => [template.id, template]));
const missing = (message: string) => new Error(message);

describe('the templates of a service', () => {
  it('are those of its kind, by id', () => {
    const book = new TemplateBook(
      loaded(target('target-llm/v1'), target('target-llm/v2'), promptModel),
      'target-llm',
    );
    expect(book.get('target-llm/v2', missing).id).toBe('target-llm/v2');
    expect(() => book.get('prompt-model/v1', missing)).toThrow(
      'template is "prompt-model/v1": this service has target-llm/v1, target-llm/v2',
    );
  });

  it('are checked when the service starts', () => {
    expect(
      () =>
        new TemplateBook(
          loaded({ ...promptModel, id: 'prompt-model/v2', user: 'no placeholder' } as never),
          'prompt-model',
        ),
    ).toThrow(TemplateError);
    expect(() => new TemplateBook(loaded(promptModel), 'target-llm')).toThrow(
      'no template of kind target-llm',
    );
  });
});
