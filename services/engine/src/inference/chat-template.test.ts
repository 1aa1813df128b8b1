import { describe, expect, it } from 'vitest';
import { ChatTemplate, ChatTemplateError } from './chat-template.js';

const specials = { bos: '<s>', eos: '</s>' };

describe('chat template', () => {
  it('drops the newline after a block and the spaces before it, as transformers does', () => {
    const template = new ChatTemplate(
      '{% for m in messages %}\n  {% if true %}\n{{ m.content }}\n  {% endif %}\n{% endfor %}',
      specials,
    );
    expect(template.render([{ role: 'user', content: 'hello' }])).toBe('hello\n');
  });

  it('gives the template the special tokens and asks for an answer', () => {
    const template = new ChatTemplate(
      '{{ bos_token }}{{ messages[0].content }}{{ eos_token }}{% if add_generation_prompt %}>{% endif %}',
      specials,
    );
    expect(template.render([{ role: 'user', content: 'x' }])).toBe('<s>x</s>>');
  });

  it('is ChatML for a model that has none', () => {
    const template = new ChatTemplate(undefined, specials);
    expect(template.render([{ role: 'user', content: 'x' }])).toBe(
      '<|im_start|>user\nx<|im_end|>\n<|im_start|>assistant\n',
    );
  });

  it('reports what the template itself refuses', () => {
    const template = new ChatTemplate("{{ raise_exception('roles must alternate') }}", specials);
    expect(() => template.render([{ role: 'user', content: 'x' }])).toThrow(ChatTemplateError);
    expect(() => template.render([{ role: 'user', content: 'x' }])).toThrow('roles must alternate');
  });
});
