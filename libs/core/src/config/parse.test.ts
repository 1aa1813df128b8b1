import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseRunConfig, type ConfigProblem } from '../index.js';

function problems(input: unknown): ConfigProblem[] {
  const result = parseRunConfig(input);
  return result.ok ? [] : result.problems;
}

function problemAt(path: string, input: unknown): ConfigProblem | undefined {
  return problems(input).find((problem) => problem.path === path);
}

describe('a configuration', () => {
  it('needs only a name', () => {
    const result = parseRunConfig({ name: 'mine' });
    expect(result).toMatchObject({ ok: true, config: { name: 'mine', iterations: 4, train: { rank: 256 } } });
  });

  it('keeps what is set and fills in the rest, at every depth', () => {
    const result = parseRunConfig({ name: 'mine', promptModel: { decoding: { maxTokens: 9 } } });
    expect(result).toMatchObject({
      config: { promptModel: { decoding: { maxTokens: 9, temperature: 0.9 } } },
    });
  });

  it('with defaults filled in parses to itself', () => {
    const first = parseRunConfig({ name: 'mine' });
    expect(first.ok && parseRunConfig(first.config)).toEqual(first);
  });

  it.each([undefined, null, 'text', 3, [], [{ name: 'a' }]])(
    'that is no mapping (%j) is one problem, not a crash',
    (input) => {
      expect(problems(input)).toHaveLength(1);
    },
  );
});

describe('problems', () => {
  it('are listed all at once, rules across fields included', () => {
    const found = problems({
      seed: -1,
      trian: {},
      train: { rank: 300, Epochs: 2, precision: 'fp61', targets: ['q_proj', 'k'] },
      data: { source: 'file', generated: { count: 'many' }, split: { train: 0.9, test: 0.3 } },
      search: { initialReward: 'long enough', maxRewardLength: 5, steps: 1.5 },
    });
    expect(found.map(({ path }) => path).toSorted()).toEqual(
      [
        'name',
        'seed',
        'trian',
        'train.rank',
        'train.Epochs',
        'train.precision',
        'train.targets[1]',
        'data.file.path',
        'data.generated.count',
        'data.split',
        'search.initialReward',
        'search.steps',
      ].toSorted(),
    );
  });

  it('name the value, the rule and what is allowed', () => {
    expect(problemAt('train.rank', { name: 'a', train: { rank: 300 } })).toEqual({
      path: 'train.rank',
      message: 'is 300: it must be at most 256',
      allowed: 'integer, 1 to 256',
    });
    expect(problemAt('critic.mode', { name: 'a', critic: { mode: 'verifer' } })).toEqual({
      path: 'critic.mode',
      message: 'is "verifer": did you mean "verifier"?',
      allowed: 'llm, verifier, hybrid',
    });
    expect(problemAt('name', {})?.message).toBe('is missing: it is required');
    expect(problemAt('name', { name: 'A b' })?.message).toContain('"A b"');
    expect(problemAt('train', { name: 'a', train: 7 })?.message).toBe('is 7: it must be a mapping');
  });

  it.each([
    ['trian', 'train'],
    ['prompt_model', 'promptModel'],
    ['iteration', 'iterations'],
    ['Rollout', 'rollout'],
  ])('suggest the setting that "%s" is a slip of', (written, meant) => {
    expect(problemAt(written, { name: 'a', [written]: {} })?.message).toBe(
      `is no setting: did you mean "${meant}"?`,
    );
  });

  it('suggest nothing for a word that is far from every setting', () => {
    expect(problemAt('zebra', { name: 'a', zebra: 1 })?.message).toBe('is no setting');
  });

  it('hold no text longer than a line, whatever the input', () => {
    expect(problemAt('seed', { name: 'a', seed: 'x'.repeat(10_000) })?.message.length).toBeLessThan(200);
  });

  it('property: parsing never throws, and every problem has a message', () => {
    fc.assert(
      fc.property(
        fc.object({ maxDepth: 4 }),
        fc.constantFrom('train', 'data', 'mesh', 'search'),
        (value, part) => {
          for (const problem of problems({ name: 'a', [part]: value, ...value })) {
            expect(problem.message).not.toBe('');
          }
        },
      ),
      { numRuns: 100 },
    );
  });
});

describe('data.split', () => {
  const at = (split: unknown) =>
    problems({ name: 'a', data: { split } }).map(({ path, message }) => `${path} ${message}`);

  it('takes shares that add up to at most 1', () => {
    expect(at({ train: 0.7, validation: 0.1, test: 0.2 })).toEqual([]);
    expect(at({ train: 0.1, validation: 0.2, test: 0.3 })).toEqual([]);
    expect(at({ train: 0.8, validation: 0.3 })).toEqual([
      'data.split adds up to 1.1: shares may add up to at most 1',
    ]);
  });

  it('takes counts, a count of 1 among them', () => {
    expect(at({ train: 100, validation: 1, test: 20 })).toEqual([]);
  });

  it('does not take shares and counts together', () => {
    expect(at({ train: 100, validation: 0.1 })).toEqual([
      expect.stringMatching(/^data\.split\.validation is 0\.1, a share/),
    ]);
  });

  it('does not take all zeros', () => {
    expect(at({ train: 0 })).toEqual([expect.stringMatching(/^data\.split is 0 throughout/)]);
  });

  it('left-out values are 0, not the defaults of a split that was not asked for', () => {
    expect(parseRunConfig({ name: 'a', data: { split: { train: 0.9, validation: 0.1 } } })).toMatchObject({
      config: { data: { split: { train: 0.9, validation: 0.1, confirmation: 0, test: 0 } } },
    });
  });
});

describe('mesh', () => {
  it('without the engine needs an address for every endpoint', () => {
    const found = problems({
      name: 'a',
      mesh: { engine: { enabled: false }, endpoints: { target: { baseUrl: 'http://x/v1' } } },
    });
    expect(found.map(({ path }) => path)).toEqual([
      'mesh.endpoints.promptModel.baseUrl',
      'mesh.endpoints.critic.baseUrl',
      'mesh.endpoints.editor.baseUrl',
    ]);
  });

  it('takes the name of a key, never a key, and does not repeat a key that was pasted', () => {
    const found = problems({ name: 'a', mesh: { endpoints: { editor: { apiKeyEnv: 'sk-1234' } } } });
    expect(found).toMatchObject([{ path: 'mesh.endpoints.editor.apiKeyEnv' }]);
    expect(JSON.stringify(found)).not.toContain('sk-1234');
  });

  it('takes http and https addresses only', () => {
    const url = (baseUrl: string) =>
      problemAt('mesh.endpoints.target.baseUrl', { name: 'a', mesh: { endpoints: { target: { baseUrl } } } });
    expect(url('ftp://host/v1')).toBeDefined();
    expect(url('host')).toBeDefined();
    expect(url('https://host/v1')).toBeUndefined();
  });

  it('starts the search of a run with a judge from a text that speaks of a better answer, unless it is given one', () => {
    const rewardOf = (search: object) => {
      const parsed = parseRunConfig({ name: 'a', grading: { kind: 'judge' }, search });
      return parsed.ok ? parsed.config.search.initialReward : '';
    };
    expect(rewardOf({})).toContain('better than');
    expect(rewardOf({})).not.toMatch(/right|final answer/);
    expect(rewardOf({ initialReward: 'mine' })).toBe('mine');
  });
});
