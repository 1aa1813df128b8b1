import { readdir, readFile } from 'node:fs/promises';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import {
  buildCriticMessages,
  buildPromptModelMessages,
  buildTargetMessages,
  buildTextgradCritiqueMessages,
  buildTextgradEditMessages,
  defaultTemplates,
  parseTemplate,
  placeholders,
  renderTemplate,
  type Template,
  type TemplateKind,
  type TemplateOf,
} from '../index.js';

const folder = new URL('../../templates/', import.meta.url);

async function shipped<K extends TemplateKind>(id: string, kind: K): Promise<TemplateOf<K>> {
  const template = parseTemplate(parse(await readFile(new URL(`${id}.yaml`, folder), 'utf8')), id);
  if (!isOf(template, kind)) throw new Error(`${id} is a ${template.kind} template`);
  return template;
}

function isOf<K extends TemplateKind>(template: Template, kind: K): template is Template & TemplateOf<K> {
  return template.kind === kind;
}

describe('renderTemplate', () => {
  it('fills in every place, verbatim and once', () => {
    const values = { reward: '{{question}} $& $1 {{x}}', question: 'q' };
    expect(renderTemplate('{{reward}}|{{ question }}|{{question}}|{ {q}}', values)).toBe(
      '{{question}} $& $1 {{x}}|q|q|{ {q}}',
    );
  });

  it('refuses a missing and an unknown value', () => {
    expect(() => renderTemplate('{{a}} {{b}}', { a: '1' })).toThrow('{{b}}, which has no value');
    expect(() => renderTemplate('{{a}}', { a: '1', b: '2' })).toThrow('does not use {{b}}');
    expect(() => renderTemplate('{{toString}}', {})).toThrow('{{toString}}');
  });

  it('property: what was put in can be read back, whatever it is', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'grapheme' }),
        fc.constantFrom('{{a}}', '{{b}}', '$1', '{{', '}}'),
        (a, b) => {
          expect(renderTemplate('<{{a}}|{{b}}>', { a, b })).toBe(`<${a}|${b}>`);
        },
      ),
    );
  });

  it('names placeholders in the order of their first use', () => {
    expect(placeholders('{{b}} {{a}} {{ b }} {{1x}} {{}}')).toEqual(['b', 'a']);
  });
});

describe('shipped templates', () => {
  it('are all valid, and their ids are their paths', async () => {
    const files = (await readdir(folder, { recursive: true })).filter((name) => name.endsWith('.yaml'));
    for (const file of files) {
      const template = parseTemplate(parse(await readFile(new URL(file, folder), 'utf8')), file);
      expect(`${template.id}.yaml`).toBe(file);
    }
    const { promptModel, target, critic, judge, textgrad } = defaultTemplates;
    const wanted = [promptModel, target, critic.llm, critic.hybrid, critic.judged, judge, textgrad].map(
      (id) => `${id}.yaml`,
    );
    expect(files).toEqual(expect.arrayContaining(wanted));
  });

  it('the prompt model is shown the reward first, then the question, and is never shown a gold answer', async () => {
    const template = await shipped('prompt-model/v1', 'prompt-model');
    const [message, ...more] = buildPromptModelMessages(template, 'QUESTION', 'REWARD');
    expect(more).toEqual([]);
    expect(message?.role).toBe('user');
    expect(message?.content.indexOf('REWARD')).toBeLessThan(message?.content.indexOf('QUESTION') ?? 0);
    expect(placeholders(template.user)).toEqual(['reward', 'question']);
  });

  it('a system text of a template becomes a system message', async () => {
    const template = { ...(await shipped('prompt-model/v1', 'prompt-model')), system: 'S' };
    expect(buildPromptModelMessages(template, 'q', 'r').map(({ role }) => role)).toEqual(['system', 'user']);
  });

  it('the critic is shown the gold answer in mode llm, the facts in mode hybrid', async () => {
    const values = { question: 'QQ', prompt: 'PP', answer: 'AA', gold: 'GG', facts: 'FF' };
    const llm = buildCriticMessages(await shipped('critic/v1', 'critic'), values);
    expect(llm.map(({ role }) => role)).toEqual(['system', 'user']);
    for (const value of ['QQ', 'PP', 'AA', 'GG']) expect(llm[1]?.content).toContain(value);
    const hybrid = buildCriticMessages(await shipped('critic-hybrid/v1', 'critic'), values, 'OWN');
    expect(hybrid[0]).toEqual({ role: 'system', content: 'OWN' });
    expect(hybrid[1]?.content).toContain('FF');
    expect(hybrid[1]?.content).not.toContain('GG');
  });

  it('the editor is shown rollouts, then the critique, and asked for a marked text', async () => {
    const template = await shipped('textgrad/v1', 'textgrad');
    const [critique] = buildTextgradCritiqueMessages(template, {
      reward: 'RR',
      failures: 'FF',
      successes: 'SS',
    });
    for (const value of ['RR', 'FF', 'SS']) expect(critique?.content).toContain(value);
    const [edit] = buildTextgradEditMessages(template, { reward: 'RR', critique: 'CC' });
    for (const value of ['RR', 'CC', '<reward>', '</reward>']) expect(edit?.content).toContain(value);
  });
});

describe('buildTargetMessages', () => {
  const template: TemplateOf<'target-llm'> = {
    id: 'target-llm/v1',
    kind: 'target-llm',
    description: 'd',
    system: '',
    separator: '\n\n',
    placement: 'append',
  };
  const user = (content: string) => ({ role: 'user', content });

  it.each([
    [{ placement: 'append' }, [user('Q\n\nP')]],
    [{ placement: '' }, [user('Q\n\nP')]],
    [{ placement: 'prepend' }, [user('P\n\nQ')]],
    [{ placement: 'system' }, [{ role: 'system', content: 'P' }, user('Q')]],
    [{ placement: 'system', system: 'S' }, [{ role: 'system', content: 'S\n\nP' }, user('Q')]],
    [{ system: 'S' }, [{ role: 'system', content: 'S' }, user('Q\n\nP')]],
    [{ role: 'system' }, [{ role: 'system', content: 'Q\n\nP' }]],
    [{ prompt: '' }, [user('Q')]],
    [{ prompt: '', placement: 'prepend' }, [user('Q')]],
    [{ prompt: '', placement: 'system' }, [user('Q')]],
  ] as const)('%j', (settings, expected) => {
    expect(buildTargetMessages(template, { question: 'Q', prompt: 'P', ...settings })).toEqual(expected);
  });
});

describe('parseTemplate', () => {
  const prompt = {
    id: 'prompt-model/v2',
    kind: 'prompt-model',
    description: 'd',
    system: '',
    user: '{{reward}} {{question}}',
  };

  it('lists every problem with its field and source', () => {
    const wrong = { ...prompt, id: 'X', user: '{{question}} {{gold}}', usr: '' };
    const message = () => parseTemplate(wrong, 'my.yaml');
    for (const part of ['my.yaml', 'id: must look like', 'must use {{reward}}', 'uses {{gold}}', 'usr'])
      expect(message).toThrow(part);
  });

  it('refuses a question before the reward, which would defeat the prefix cache', () => {
    expect(() => parseTemplate({ ...prompt, user: '{{question}} {{reward}}' }, 'x')).toThrow('prefix cache');
  });

  it('refuses an edit text that does not ask for the marks', () => {
    const textgrad = {
      id: 'textgrad/v2',
      kind: 'textgrad',
      description: 'd',
      critique: '{{reward}}{{failures}}{{successes}}',
      edit: '{{reward}}{{critique}}',
    };
    expect(() => parseTemplate(textgrad, 'x')).toThrow('between <reward> and </reward>');
  });

  it.each([null, 'text', {}, { kind: 'poem' }])('refuses %j with the known kinds', (input) => {
    expect(() => parseTemplate(input, 'x')).toThrow('prompt-model, target-llm, critic, judge, textgrad');
  });
});
