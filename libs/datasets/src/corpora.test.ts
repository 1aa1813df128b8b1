import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  describeSplits,
  filterExamples,
  findNearDuplicates,
  goldProblem,
  hashSplit,
  splitExamples,
} from '@trprompt/core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  DatasetStore,
  gradingOf,
  importFiles,
  importKnown,
  defaultMapping,
  compareWithImported,
  loadCatalogue,
  readFiles,
  type StoredDataset,
  toDivide,
} from './index.js';
import { sharedData } from './testing/shared-data.js';

const shared = sharedData();
if (shared === undefined)
  console.warn(
    'SKIPPED: the paper’s data sets are not at ../shared/data beside the checkout, so nothing was tested on them.',
  );

describe('the catalogue', () => {
  it('knows the paper’s data sets, each file by hash, size and count', async () => {
    const all = await loadCatalogue();
    expect(all.map(({ name, grader }) => [name, grader])).toEqual([
      ['gsm8k', 'gsm8k'],
      ['gsmhard', 'gsmhard'],
      ['math', 'math'],
    ]);
    for (const { sources } of all)
      expect(sources.some(({ files }) => files.every(({ url }) => url?.startsWith('https://')))).toBe(true);
  });
});

describe.skipIf(shared === undefined)('the paper’s data sets', { timeout: 120_000 }, () => {
  const sets = new Map<string, StoredDataset>();
  let folder: string;
  let store: DatasetStore;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'trprompt-corpora-'));
    store = new DatasetStore(folder);
    for (const definition of await loadCatalogue())
      sets.set(definition.name, await importKnown(definition, store, { from: shared ?? '' }));
  }, 120_000);
  afterAll(() => rm(folder, { recursive: true }));

  const set = (name: string): StoredDataset => {
    const found = sets.get(name);
    if (found) return found;
    throw new Error(`no ${name}`);
  };

  it('have the published counts and contents that never change', () => {
    const facts = [...sets.values()].map(({ manifest: { name, counts, hash } }) => ({
      name,
      counts,
      hash: hash.slice(0, 16),
    }));
    expect(facts).toMatchInlineSnapshot(`
      [
        {
          "counts": {
            "test": 1319,
            "train": 7473,
          },
          "hash": "75fc883cb22f7ca3",
          "name": "gsm8k",
        },
        {
          "counts": {
            "none": 1319,
          },
          "hash": "5c72d675c88508eb",
          "name": "gsmhard",
        },
        {
          "counts": {
            "test": 5000,
            "train": 7496,
          },
          "hash": "13d11270c11b0954",
          "name": "math",
        },
      ]
    `);
  });

  it('have golds that their graders can match, every one', () => {
    for (const { manifest, examples } of sets.values()) {
      const settings = gradingOf(manifest.grader);
      expect(examples.filter(({ answer }) => goldProblem(settings, answer) !== undefined)).toEqual([]);
    }
  });

  it('have the gold answers of MATH where the shared files say them', async () => {
    const { examples } = await readFiles(
      [{ path: join(shared ?? '', 'math', 'test.jsonl'), format: 'auto' }],
      {
        layout: 'fields',
        mapping: { ...defaultMapping, question: 'problem', level: '' },
        setting: (field) => field,
        answerOptional: false,
      },
    );
    const boxed = new Map(set('math').examples.map(({ id, answer }) => [id, answer]));
    expect(examples.filter(({ id, answer }) => boxed.get(id) !== answer.trim())).toEqual([]);
    expect(examples).toHaveLength(5000);
  });

  it('are divided as in the paper: 7,473 / 1,319 and 1,000 / 319', () => {
    const paper = (name: string, division: Parameters<typeof splitExamples>[1]) => {
      const splits = splitExamples(toDivide(set(name).examples), division, 7);
      return describeSplits(splits).map(({ split, examples }) => [split, examples]);
    };
    expect(paper('gsm8k', { train: 0.9, validation: 0.1, confirmation: 0, test: 0 })).toEqual([
      ['train', 6726],
      ['validation', 747],
      ['test', 1319],
    ]);
    expect(paper('gsmhard', { train: 900, validation: 100, confirmation: 0, test: 319 })).toEqual([
      ['train', 900],
      ['validation', 100],
      ['test', 319],
    ]);
    const { division } = set('gsmhard').manifest;
    expect(division && Object.values(division).reduce((sum, value) => sum + value, 0)).toBe(1319);
  });

  it('have numeric answers in MATH near the paper’s 5,136 / 3,369', () => {
    const { manifest, examples } = set('math');
    const numeric = filterExamples(examples, 'numeric-answer/v1');
    const test = numeric.filter(({ split }) => split === 'test');
    expect([numeric.length - test.length, test.length]).toEqual([5114, 3381]);
    expect(manifest.paper).toMatchObject({ train: 5136, test: 3369, ours: { train: 5114, test: 3381 } });
  });

  it('show GSMHard as the test questions of GSM8K', async () => {
    const hard = set('gsmhard').examples.map(({ question }) => question);
    const { examples } = set('gsm8k');
    const originals = findNearDuplicates(
      hard,
      examples.map(({ question }) => question),
    );
    expect(originals).toHaveLength(1318);
    expect(originals.filter(({ original }) => examples[original]?.split === 'test')).toHaveLength(1318);
    expect(originals.filter(({ similarity }) => similarity === 1)).toHaveLength(1318);
    const warnings = await compareWithImported(store, { name: 'gsmhard', examples: set('gsmhard').examples });
    expect(warnings).toEqual([
      expect.stringMatching(
        /^1318 of 1319 questions of gsmhard are nearly questions of gsm8k, 989 with other numbers and 329 with the same: /,
      ),
    ]);
  });

  it('are each other’s in nothing else', async () => {
    expect(await compareWithImported(store, { name: 'math', examples: set('math').examples })).toEqual([]);
  });

  it('are read the same from single files of their native formats', async () => {
    const files = [
      { path: join(shared ?? '', 'gsm8k', 'train.jsonl'), format: 'auto' as const, split: 'train' as const },
      { path: join(shared ?? '', 'gsm8k', 'test.jsonl'), format: 'auto' as const, split: 'test' as const },
    ];
    const own = await importFiles(files, store, { name: 'own', layout: 'auto', mapping: defaultMapping });
    expect(own.manifest).toMatchObject({
      grader: 'gsm8k',
      records: 'gsm8k',
      counts: { train: 7473, test: 1319 },
    });
    expect(hashSplit(own.examples)).toBe(hashSplit(set('gsm8k').examples));
  });
});
