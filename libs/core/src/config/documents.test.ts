import { readFile, readdir } from 'node:fs/promises';
import * as prettier from 'prettier';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import {
  configurationMarkdown,
  parseRunConfig,
  runConfigJsonSchema,
  type RunConfig,
  generateWritingRequests,
  validateExamples,
} from '../index.js';

const root = new URL('../../../../', import.meta.url);

async function preset(name: string): Promise<RunConfig> {
  const result = parseRunConfig(parse(await readFile(new URL(`presets/${name}`, root), 'utf8')));
  if (!result.ok) throw new Error(`${name}: ${JSON.stringify(result.problems, null, 2)}`);
  return result.config;
}

describe('checked-in documents', () => {
  it.each([
    ['docs/config.schema.json', () => JSON.stringify(runConfigJsonSchema())],
    ['docs/configuration.md', configurationMarkdown],
  ])('%s is up to date (npm run docs -w @trprompt/core)', async (name, content) => {
    const file = new URL(name, root);
    const options = await prettier.resolveConfig(file);
    const expected = await prettier.format(content(), { ...options, filepath: file.pathname });
    expect(await readFile(file, 'utf8')).toBe(expected);
  });

  it('every setting has a description and, but for the name, a default', () => {
    const bare: string[] = [];
    const visit = (node: ReturnType<typeof runConfigJsonSchema>, path: string) => {
      for (const [name, child] of Object.entries(node.properties ?? {})) {
        const at = `${path}${name}`;
        if ((child.description ?? '').length < 10) bare.push(`${at}: description`);
        if (child.default === undefined && at !== 'name') bare.push(`${at}: default`);
        visit(child, `${at}.`);
      }
    };
    visit(runConfigJsonSchema(), '');
    expect(bare).toEqual([]);
  });
});

describe('presets', () => {
  it('are all valid, and named after their files', async () => {
    const files = (await readdir(new URL('presets/', root)))
      .filter((name) => name.endsWith('.yaml'))
      .toSorted();
    expect(files).toEqual([
      'creative-writing.yaml',
      'efficient.yaml',
      'gsm8k.yaml',
      'gsmhard.yaml',
      'math.yaml',
      'paper.yaml',
      'quickstart.yaml',
    ]);
    for (const file of files) expect((await preset(file)).name).toBe(file.replace('.yaml', ''));
  });

  it('creative-writing is judged, since its generated requests have no gold answers', async () => {
    const { data, grading, search } = await preset('creative-writing.yaml');
    const examples = generateWritingRequests({ count: data.generated.count, seed: 1 });
    expect(data.generated.task).toBe('writing-requests');
    expect(validateExamples(examples, grading)).toEqual([]);
    expect(search.initialReward).toContain('better than');
  });

  it("paper has the paper's settings", async () => {
    const { iterations, rollout, promptModel, target, critic, train, search } = await preset('paper.yaml');
    expect(iterations).toBe(4);
    expect(rollout).toMatchObject({ questions: 800, concurrency: 64, exploration: { share: 0 } });
    expect([promptModel, target, critic].map(({ decoding }) => decoding.temperature)).toEqual([
      0.9, 0.001, 0.001,
    ]);
    expect(critic.mode).toBe('llm');
    expect(train).toMatchObject({
      rank: 256,
      alpha: 256,
      learningRate: 2e-5,
      epochs: 2,
      warmup: 0,
      include: 'all',
    });
    expect(search).toMatchObject({
      strategy: 'sequential',
      steps: 10,
      validationQuestions: 0,
      model: 'gpt-4o-mini',
    });
  });

  it.each([
    ['gsm8k', '', 'gsm8k', { train: 0.9, validation: 0.1, confirmation: 0, test: 0 }],
    ['gsmhard', '', 'gsmhard', { train: 900, validation: 100, confirmation: 0, test: 319 }],
    ['math', 'numeric-answer/v1', 'math', { train: 0.9, validation: 0.1, confirmation: 0, test: 0 }],
  ] as const)(
    "%s has the paper's settings, on its data set and with its grader",
    async (name, filter, kind, split) => {
      const { data, grading, ...others } = await preset(`${name}.yaml`);
      const { data: _data, grading: _grading, ...paper } = await preset('paper.yaml');
      expect(others).toEqual({ ...paper, name });
      expect(data).toMatchObject({ source: 'dataset', dataset: name, filter, split });
      expect(grading.kind).toBe(kind);
      expect(others.rollout.sampling.strategy).toBe('uniform');
    },
  );

  it('efficient draws toward wrong answers and holds a slice back to confirm with', async () => {
    const { data, rollout } = await preset('efficient.yaml');
    expect(rollout.sampling).toMatchObject({ strategy: 'rebalance', wrongShare: 0.5 });
    expect(data.split.confirmation).toBeGreaterThan(0);
  });

  it('quickstart needs no model but the shipped one and no file', async () => {
    const { data, mesh, critic } = await preset('quickstart.yaml');
    expect(data.source).toBe('generated');
    expect(critic.mode).toBe('verifier');
    expect(mesh.engine).toMatchObject({ enabled: true, model: '' });
    expect(Object.values(mesh.endpoints).map(({ baseUrl }) => baseUrl)).toEqual(['', '', '', '']);
  });
});
