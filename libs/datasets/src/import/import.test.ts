import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createRandom, type GraderKind, sha256Hex } from '@trprompt/core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Definition, definitionSchema } from '../catalogue/definition.js';
import { DatasetError } from '../problems.js';
import { defaultMapping } from '../records/layouts.js';
import { DatasetStore } from '../store/dataset-store.js';
import { type FileServer, startFileServer, whole } from '../testing/file-server.js';
import { importFiles } from './import-files.js';
import { importKnown } from './import-known.js';

let folder: string;
let store: DatasetStore;
let server: FileServer | undefined;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'trprompt-import-'));
  store = new DatasetStore(join(folder, 'cache'));
});
afterEach(async () => {
  await server?.close();
  server = undefined;
  await rm(folder, { recursive: true });
});

const story = (n: number): string =>
  `Kim has ${n} ${['pens', 'cups', 'hats', 'maps'][n % 4]} in box ${n}. How many?`;
const gsm8k = (from: number, to: number): Buffer =>
  Buffer.from(
    Array.from({ length: to - from }, (_, i) =>
      JSON.stringify({ question: story(from + i), answer: `<<>>\n#### ${from + i}` }),
    ).join('\n'),
  );

/** A known data set of invented records. */
function definition(
  files: Record<string, Buffer>,
  url = 'http://data.invalid',
  changes: object = {},
): Definition {
  return definitionSchema.parse({
    name: 'stories',
    title: 'Invented stories',
    origin: 'here',
    licence: 'CC0',
    grader: 'gsm8k',
    division: { train: 0.9, validation: 0.1 },
    sources: [
      {
        records: 'gsm8k',
        files: Object.entries(files).map(([name, content]) => ({
          name,
          split: name.startsWith('test') ? 'test' : 'train',
          url: `${url}/${name}`,
          sha256: createHash('sha256').update(content).digest('hex'),
          bytes: content.length,
          records: content.toString().split('\n').length,
        })),
      },
    ],
    ...changes,
  });
}

const files = { 'train.jsonl': gsm8k(0, 30), 'test.jsonl': gsm8k(30, 40) };
const failure = async (pending: Promise<unknown>): Promise<string> => {
  const error: unknown = await pending.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(DatasetError);
  return (error as DatasetError).message;
};

describe('a known data set', () => {
  it('is fetched once, checked and kept', async () => {
    server = await startFileServer({
      '/train.jsonl': whole(files['train.jsonl']),
      '/test.jsonl': whole(files['test.jsonl']),
    });
    const known = definition(files, server.url);
    const { manifest, examples } = await importKnown(known, store);
    expect(manifest).toMatchObject({ name: 'stories', counts: { train: 30, test: 10 }, examples: 40 });
    expect(examples.find(({ id }) => id === 'test/1')).toMatchObject({ answer: '30', split: 'test' });
    expect(await importKnown(known, store)).toEqual({ manifest, examples });
    expect(server.requests).toEqual(['/train.jsonl', '/test.jsonl']);
  });

  it('is taken from a folder, there or in one of its name', async () => {
    for (const place of ['a', 'b/stories']) {
      await mkdir(join(folder, place), { recursive: true });
      for (const [name, content] of Object.entries(files))
        await writeFile(join(folder, place, name), content);
    }
    const known = definition(files);
    const a = await importKnown(known, store, { from: join(folder, 'a') });
    expect((await importKnown(known, store, { from: join(folder, 'b') })).manifest).toEqual(a.manifest);
  });

  it('without a network says which file to put where, and takes it from there', async () => {
    const known = definition(files);
    const message = await failure(importKnown(known, store, { fetch: { attempts: 1 } }));
    const place = join(folder, 'cache', 'originals', 'stories');
    expect(message).toMatch(
      /^stories cannot be fetched:\n {2}train\.jsonl: http:\/\/data\.invalid\/train\.jsonl cannot be reached/,
    );
    expect(message).toContain(`put them into ${place}/`);
    expect(message).toContain('trprompt data import stories --from FOLDER');
    for (const { name, sha256 } of known.sources[0]?.files ?? [])
      expect(message).toMatch(new RegExp(`${name} .*${sha256}`));
    await mkdir(place, { recursive: true });
    for (const [name, content] of Object.entries(files)) await writeFile(join(place, name), content);
    expect((await importKnown(known, store)).manifest.examples).toBe(40);
  });

  it('with another content is refused: by its hash, wherever it is', async () => {
    const known = definition(files);
    await writeFile(join(folder, 'train.jsonl'), gsm8k(0, 29));
    await writeFile(join(folder, 'test.jsonl'), files['test.jsonl']);
    const message = await failure(importKnown(known, store, { from: folder }));
    expect(message).toContain(`${join(folder, 'train.jsonl')} has another content (SHA-256`);
    server = await startFileServer({
      '/train.jsonl': whole(Buffer.from(files['train.jsonl'].toString().replace('pens', 'pans'))),
    });
    expect(await failure(importKnown(definition(files, server.url), store))).toContain('another content');
    expect(await store.list()).toEqual([]);
  });

  it('with another number of records is refused', async () => {
    for (const [name, content] of Object.entries(files)) await writeFile(join(folder, name), content);
    const known = definition(files);
    const [source] = known.sources;
    if (source?.files[0]) source.files[0].records = 31;
    expect(await failure(importKnown(known, store, { from: folder }))).toContain(
      'train.jsonl has 30 records instead of 31',
    );
  });

  it('leaves out what is of no use, whatever is wrong with it', async () => {
    const lines = [
      ...files['train.jsonl'].toString().split('\n'),
      JSON.stringify({ question: story(0), answer: '' }),
    ];
    const withBad = { ...files, 'train.jsonl': Buffer.from(lines.join('\n')) };
    for (const [name, content] of Object.entries(withBad)) await writeFile(join(folder, name), content);
    const left = definition(withBad, undefined, { leftOut: { 'train/31': 'no answer' } });
    expect((await importKnown(left, store, { from: folder })).manifest).toMatchObject({
      examples: 40,
      leftOut: { 'train/31': 'no answer' },
    });
    expect(await failure(importKnown(definition(withBad), store, { from: folder }))).toContain(
      'train.jsonl line 31: answer: is empty',
    );
  });

  it('may say by its ids which split each record was published in', async () => {
    const record = (id: string, n: number) =>
      JSON.stringify({
        unique_id: `${id}.json`,
        problem: story(n),
        solution: `so \\boxed{${n}}`,
        level: 3,
        subject: 'A',
      });
    const content = Buffer.from(
      [record('test/a/1', 1), record('train/a/2', 2), record('train/a/3', 3)].join('\n'),
    );
    await writeFile(join(folder, 'all.jsonl'), content);
    const known = definition({ 'all.jsonl': content }, undefined, {
      grader: 'math',
      leftOut: { 'train/a/3': 'why' },
    });
    const files = known.sources[0]?.files.map((file) => ({ ...file, split: 'by-id' }));
    const byId = definitionSchema.parse({ ...known, sources: [{ records: 'math', files }] });
    expect((await importKnown(byId, store, { from: folder })).examples).toEqual([
      { id: 'test/a/1', question: story(1), answer: '1', split: 'test', level: 3, subject: 'A' },
      { id: 'train/a/2', question: story(2), answer: '2', split: 'train', level: 3, subject: 'A' },
    ]);
  });

  it('may be imported by two at once', async () => {
    server = await startFileServer({
      '/train.jsonl': whole(files['train.jsonl']),
      '/test.jsonl': whole(files['test.jsonl']),
    });
    const known = definition(files, server.url);
    const both = await Promise.all([
      importKnown(known, store),
      importKnown(known, new DatasetStore(store.folder)),
    ]);
    expect(both[0]).toEqual(both[1]);
    expect((await store.open('stories')).examples).toHaveLength(40);
    const all = await readdir(store.folder, { recursive: true });
    expect(all.filter((name) => name.endsWith('.part'))).toEqual([]);
  });
});

describe('files of one’s own', () => {
  const own = async (lines: readonly unknown[], name = 'own.jsonl', grader: GraderKind = 'number') => {
    await writeFile(join(folder, name), lines.map((line) => JSON.stringify(line)).join('\n'));
    return importFiles([{ path: join(folder, name), format: 'auto' }], store, {
      name: 'own',
      grader,
      layout: 'auto',
      mapping: defaultMapping,
    });
  };
  const rows = Array.from({ length: 40 }, (_, n) => ({ question: story(n), answer: n }));

  it('have the same content hash in any order', async () => {
    const first = await own(rows);
    const shuffled = await own(createRandom(1).shuffle(rows));
    expect(shuffled.manifest.hash).toBe(first.manifest.hash);
    expect((await own(rows.slice(1))).manifest.hash).not.toBe(first.manifest.hash);
  });

  it('are one normal JSON Lines file whose SHA-256 is the hash', async () => {
    const { manifest, examples } = await own(rows);
    const stored = join(store.folder, 'sets', 'own', manifest.hash);
    const text = await readFile(join(stored, 'records.jsonl'), 'utf8');
    expect(sha256Hex(text)).toBe(manifest.hash);
    expect(text.split('\n')[0]).toBe(
      `{"answer":"${examples[0]?.answer}","id":"${examples[0]?.id}","question":"${examples[0]?.question}"}`,
    );
  });

  it('are refused with everything that is wrong, by line', async () => {
    const message = await failure(
      own([
        { question: 'a?', answer: 'many', split: 'dev' },
        { question: 'How many?', answer: '1', split: 'train' },
        { question: 'how many? ', answer: '1', split: 'test' },
        { question: '', answer: '2' },
        { question: 'e?', answer: '' },
      ]),
    );
    for (const part of [
      'has 5 problems; nothing was imported',
      'line 1: split: is "dev"',
      'line 1: answer: is "many"',
    ])
      expect(message).toContain(part);
    expect(message).toMatch(/line 3: question: is that of line 2 too but for case.*leaks into the other/);
    expect(message).toMatch(/line 4: question: is empty/);
    expect(message).toMatch(/line 5: answer: is empty/);
  });

  it('come from several files, each a split; messages name the file', async () => {
    const train = join(folder, 'train.csv');
    const test = join(folder, 'test.jsonl');
    await writeFile(
      train,
      `question,answer\n${rows.map(({ question, answer }) => `${question},${answer}`).join('\n')}\n`,
    );
    await writeFile(test, '{"question":"Who?","answer":"7"}\n');
    const both = [
      { path: train, format: 'auto' as const, split: 'train' as const },
      { path: test, format: 'auto' as const, split: 'test' as const },
    ];
    const options = { name: 'two', layout: 'auto' as const, mapping: defaultMapping };
    expect((await importFiles(both, store, options)).manifest.counts).toEqual({ train: 40, test: 1 });
    await writeFile(test, `{"question":"${story(3)}","answer":"3"}\n{"question":"x","answer":"y"}\n`);
    const message = await failure(importFiles(both, store, options));
    expect(message).toContain(
      'test.jsonl line 1: question: is that of train.csv line 5 too, in split train there and test here',
    );
    expect(message).toContain('test.jsonl line 2: answer: is "y"');
  });

  it('are warned of test questions that are nearly among the others', async () => {
    const text = (name: string, n: number) =>
      `${name} buys ${n} boxes of crayons at the school fair and gives half of them to her sister. How many boxes are left?`;
    const { manifest } = await own([
      { question: text('Ann', 12), answer: '6', split: 'train' },
      { question: 'What is the capital of France, as a number?', answer: '1', split: 'train' },
      { question: text('Ann', 40), answer: '20', split: 'test' },
    ]);
    expect(manifest.warnings).toEqual([
      '1 of 1 questions of the test split are nearly questions of the others with other numbers: line 3 ~ line 1 (1.00)',
    ]);
  });
});
