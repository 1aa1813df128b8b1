import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { hashSplit, type Example } from '@trprompt/core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parse, stringify } from 'yaml';
import { type FakeCoordinator, startFakeCoordinator } from '../../../testing/fake-coordinator.js';
import { Terminal } from '../../../testing/terminal.js';

let mesh: FakeCoordinator;
let folder: string;
let terminal: Terminal;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'trprompt-data-'));
  mesh = await startFakeCoordinator();
  terminal = new Terminal(mesh.address, folder);
});
afterEach(async () => {
  mesh.close();
  await rm(folder, { recursive: true });
});

const things = ['pens', 'cups', 'hats', 'maps', 'keys', 'nuts', 'figs'];
const question = (n: number): string => `${things[n % 7]} number ${n} of ${things[n % 5]}: how many?`;
const rows = (from: number, to: number, more: object = {}): object[] =>
  Array.from({ length: to - from }, (_, i) => ({ question: question(from + i), answer: from + i, ...more }));
const jsonl = (records: readonly object[]): string =>
  records.map((record) => `${JSON.stringify(record)}\n`).join('');
const write = (name: string, content: string): Promise<void> => writeFile(join(folder, name), content);

/** Runs the command; what it printed, and its exit code. */
async function data(...args: string[]): Promise<{ code: number; out: string; error: string }> {
  terminal = new Terminal(mesh.address, folder);
  const code = await terminal.trprompt('data', ...args);
  return { code, out: terminal.stdout.text, error: terminal.stderr.text };
}

/** A known data set of invented records, whose files are in `files/`. */
async function writeDefinition(): Promise<void> {
  const contents = { 'train.jsonl': jsonl(rows(0, 50)), 'test.jsonl': jsonl(rows(50, 60)) };
  await mkdir(join(folder, 'files'));
  for (const [name, content] of Object.entries(contents)) await write(`files/${name}`, content);
  const files = Object.entries(contents).map(([name, content]) => ({
    name,
    split: name.replace('.jsonl', ''),
    sha256: createHash('sha256').update(content).digest('hex'),
    bytes: content.length,
    records: content.split('\n').length - 1,
  }));
  const definition = {
    name: 'things',
    title: 'Invented things',
    origin: 'here',
    licence: 'CC0',
    grader: 'exact',
    sources: [{ records: 'fields', files }],
    division: { train: 0.9, validation: 0.1 },
    paper: { train: 50, test: 9 },
  };
  await write('things.yaml', stringify(definition));
}

describe('trprompt data import', () => {
  it('keeps a file under a name and shows what is in it', async () => {
    await write(
      'my data.csv',
      `q,a,level\n${rows(0, 20)
        .map((_, n) => `${question(n)},${n},${n % 3}`)
        .join('\n')}\n`,
    );
    const { code, out } = await data('import', 'my data.csv', '--question', 'q', '--answer', 'a');
    expect(code).toBe(0);
    expect(out).toContain('my-data is imported.');
    expect(out).toMatch(/grader +number/);
    expect(out).toMatch(/\(undivided\) +20 +[0-9a-f]{12}/);
    expect(out).toMatch(/level +examples\n0 +7\n1 +7\n2 +6/);
    expect(out).toContain('data: { source: dataset, dataset: my-data }');
  });

  it('takes a definition of one’s own and files on disk', async () => {
    await writeDefinition();
    const { code, out } = await data('import', 'things.yaml', '--from', 'files', '--json');
    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject({
      type: 'dataset',
      name: 'things',
      grader: 'exact',
      counts: { train: 50, test: 10 },
      paper: { train: 50, test: 9, ours: { train: 50, test: 10 } },
    });
  });

  it('without its files says which are needed and where to put them', async () => {
    await writeDefinition();
    const { code, error } = await data('import', 'things.yaml');
    expect(code).toBe(2);
    expect(error).toContain(join(folder, 'data-cache', 'originals', 'things'));
    expect(error).toMatch(/train\.jsonl .*SHA-256 [0-9a-f]{64}/);
    expect(error).toContain('--from FOLDER');
  });

  it('refuses what is wrong, with lines, and keeps nothing', async () => {
    await write('bad.jsonl', jsonl([...rows(0, 2), { question: question(0), answer: 'many' }, { q: 1 }]));
    const { code, error } = await data('import', 'bad.jsonl', '--json');
    expect(code).toBe(2);
    const { message } = JSON.parse(error) as { message: string };
    expect(message).toContain('has 4 problems; nothing was imported');
    expect(message).toContain('line 3: question: is that of line 1 too, which has another answer');
    expect(message).toContain('line 3: answer: is "many"');
    expect(message).toContain('line 4: question: is missing');
    expect((await data('list', '--json')).out).not.toContain('"imported":true');
  });

  it.each([
    [['nothing'], /no known data set "nothing", and no file of that name: known are gsm8k, gsmhard, math/],
    [['absent.csv'], /there is no file/],
    [['dev=a.csv'], /"dev" is no split/],
    [['a.csv', '--from', 'x'], /--from is for known data sets/],
    [['a.csv', '--name', 'Not Good'], /--name Not Good: write 1 to 40/],
    [['a.xls'], /its extension does not say what is in it/],
  ])('refuses %j', async (args, message) => {
    const { code, error } = await data('import', ...args);
    expect(code).toBe(2);
    expect(error).toMatch(message);
  });

  it('warns when another data set has its questions', async () => {
    const text = (n: number): string =>
      `Ann has ${n} big boxes of chalk and buys ${n + 2} more of them today. How many are there?`;
    await write('a.jsonl', jsonl([{ question: text(3), answer: '8', split: 'test' }, ...rows(0, 5)]));
    await write('b.jsonl', jsonl([{ question: text(400), answer: '802' }, ...rows(5, 9)]));
    expect((await data('import', 'a.jsonl')).code).toBe(0);
    const { out } = await data('import', 'b.jsonl');
    expect(out.replaceAll(/\s+/g, ' ')).toMatch(
      /warning: \d of 5 questions of b are nearly questions of a with other numbers/,
    );
    expect((await data('import', 'b.jsonl', '--no-compare')).out).not.toContain('warning');
  });
});

describe('trprompt data list', () => {
  it('shows what is known and what is imported', async () => {
    await writeDefinition();
    await data('import', 'things.yaml', '--from', 'files');
    const { code, out } = await data('list');
    expect(code).toBe(0);
    expect(out).toMatch(/things +[0-9a-f]{12} +50 train, 10 test +exact/);
    expect(out).toMatch(/gsm8k +not imported/);
    expect(out).toContain('things: all examples: 50 train / 10 test (the paper: 50 / 9)');
    expect(out).toContain('math: not imported (the paper: 5,136 / 3,369)');
  });
});

describe('trprompt data inspect', () => {
  it('shows a file with all of its problems and ends with 2', async () => {
    await write('my.jsonl', jsonl([...rows(0, 9), { question: 'x' }]));
    const { code, out } = await data('inspect', 'my.jsonl', '--samples', '1');
    expect(code).toBe(2);
    expect(out).toContain('1 problem');
    expect(out).toContain('line 10: answer: is missing');
    expect(out).toMatch(/gold: \d/);
  });

  it('shows an imported set; the same samples for the same seed', async () => {
    await writeDefinition();
    await data('import', 'things.yaml', '--from', 'files');
    const first = await data('inspect', 'things', '--json');
    expect(first.code).toBe(0);
    expect(JSON.parse(first.out)).toMatchObject({
      type: 'inspection',
      grader: 'exact',
      problems: [],
    });
    expect((await data('inspect', 'things', '--json')).out).toBe(first.out);
    expect((await data('inspect', 'things', '--json', '--seed', '8')).out).not.toBe(first.out);
    expect((await data('inspect', 'things')).out).toContain('No problems.');
  });

  it('says how to import what is not there', async () => {
    const { code, error } = await data('inspect', 'gsm8k');
    expect(code).toBe(2);
    expect(error).toContain('trprompt data import gsm8k');
  });
});

describe('trprompt data split', () => {
  it('divides as a run does, and writes what it shows', async () => {
    await writeDefinition();
    await data('import', 'things.yaml', '--from', 'files');
    const { code, out } = await data('split', 'things', '--out', 'splits', '--json');
    expect(code).toBe(0);
    const { splits } = JSON.parse(out) as { splits: { split: string; examples: number; hash: string }[] };
    expect(splits.map(({ split, examples }) => [split, examples])).toEqual([
      ['train', 45],
      ['validation', 5],
      ['test', 10],
    ]);
    expect((await readdir(join(folder, 'splits'))).sort()).toEqual([
      'test.jsonl',
      'train.jsonl',
      'validation.jsonl',
    ]);
    for (const { split, hash } of splits) {
      const lines = (await readFile(join(folder, 'splits', `${split}.jsonl`), 'utf8')).trim().split('\n');
      expect(hashSplit(lines.map((line) => JSON.parse(line) as Example))).toBe(hash);
    }
    const shown = await data('split', 'things');
    for (const { hash } of splits) expect(shown.out).toContain(hash);
    expect((await data('split', 'things', '--seed', '8', '--json')).out).not.toBe(out);
  });

  it('takes shares, counts and a filter', async () => {
    await write('my.jsonl', jsonl([...rows(0, 30), { question: 'Which?', answer: '\\sqrt{2}' }]));
    const args = ['split', 'my.jsonl', '--grader', 'exact', '--json', '--filter', 'numeric-answer/v1'];
    const sizes = async (division: string): Promise<number[]> => {
      const { out } = await data(...args, '--divide', division);
      return (JSON.parse(out) as { splits: { examples: number }[] }).splits.map(({ examples }) => examples);
    };
    expect(await sizes('train=0.5,validation=0.2,test=0.3')).toEqual([15, 6, 9]);
    expect(await sizes('train=10,validation=5,test=3')).toEqual([10, 5, 3]);
  });

  it.each([
    ['train=2,validation=0.5', /--divide train=2,validation=0\.5: .*counts/],
    ['train=1', /--divide\.validation: gives no example/],
    ['best=1', /--divide best=1: /],
    ['train=100,validation=100', /asks for 200 examples/],
  ])('refuses --divide %s', async (division, message) => {
    await write('my.jsonl', jsonl(rows(0, 30)));
    const { code, error } = await data('split', 'my.jsonl', '--divide', division);
    expect(code).toBe(2);
    expect(error).toMatch(message);
  });
});

describe('a run', () => {
  const sent = () =>
    parse(mesh.created[0]?.config ?? '') as { data: Record<string, unknown>; grading: { kind: string } };

  it('of an imported data set sends it along; the set says how it is divided and graded', async () => {
    await writeDefinition();
    await data('import', 'things.yaml', '--from', 'files');
    await write('run.yaml', 'name: mine\ndata: { source: dataset, dataset: things }\n');
    expect(await new Terminal(mesh.address, folder).trprompt('run', '--config', 'run.yaml', '--detach')).toBe(
      0,
    );
    expect(mesh.created[0]?.examples).toHaveLength(60);
    expect(mesh.created[0]?.examples.filter(({ split }) => split === 'test')).toHaveLength(10);
    expect(mesh.created[0]?.examples.some(({ split }) => split === 'train')).toBe(false);
    expect(sent().grading.kind).toBe('exact');
    expect(sent().data).toMatchObject({
      dataset: expect.stringMatching(/^things@[0-9a-f]{64}$/) as unknown,
      split: { train: 0.9, validation: 0.1, confirmation: 0, test: 0 },
    });
  });

  it('that says how is obeyed', async () => {
    await writeDefinition();
    await data('import', 'things.yaml', '--from', 'files');
    await write(
      'run.yaml',
      'name: mine\ngrading: { kind: number }\ndata: { source: dataset, dataset: things, split: { train: 30, validation: 20 } }\n',
    );
    expect(await new Terminal(mesh.address, folder).trprompt('run', '--config', 'run.yaml', '--detach')).toBe(
      0,
    );
    expect(sent()).toMatchObject({
      grading: { kind: 'number' },
      data: { split: { train: 30, validation: 20 } },
    });
  });

  it('reads CSV with the members that data.file names', async () => {
    await write(
      'my.csv',
      `meta,text,gold\n${rows(0, 20)
        .map((_, n) => `x,${question(n)},${n}`)
        .join('\n')}\n`,
    );
    await write(
      'run.yaml',
      'name: mine\ndata: { source: file, file: { path: my.csv, question: text, answer: gold } }\n',
    );
    expect(await new Terminal(mesh.address, folder).trprompt('run', '--config', 'run.yaml', '--detach')).toBe(
      0,
    );
    expect(mesh.created[0]?.examples).toHaveLength(20);
  });

  it('of a data set that is not imported says how to import it, before any call', async () => {
    await write('run.yaml', 'name: mine\ndata: { source: dataset, dataset: gsm8k }\n');
    terminal = new Terminal(mesh.address, folder);
    expect(await terminal.trprompt('run', '--config', 'run.yaml')).toBe(2);
    expect(terminal.stderr.text).toContain('data.dataset: there is no data set gsm8k');
    expect(terminal.stderr.text).toContain('trprompt data import gsm8k');
    expect(mesh.created).toEqual([]);
  });

  it('whose train questions are in the test split of another set is warned', async () => {
    const text = (n: number): string =>
      `Ann has ${n} big boxes of chalk and buys ${n + 2} more of them today. How many are there?`;
    await write('a.jsonl', jsonl([{ question: text(3), answer: '8', split: 'test' }]));
    await data('import', 'a.jsonl');
    await write(
      'my.jsonl',
      jsonl([
        { question: text(40), answer: '82', split: 'train' },
        ...rows(0, 20, { split: 'validation' }),
        { question: 'Unlike any other question here?', answer: '1', split: 'test' },
      ]),
    );
    await write('run.yaml', 'name: mine\ndata: { source: file, file: { path: my.jsonl } }\n');
    terminal = new Terminal(mesh.address, folder);
    expect(await terminal.trprompt('run', '--config', 'run.yaml', '--detach')).toBe(0);
    expect(terminal.stderr.text).toContain(
      "1 of 1 questions of this run's train split are nearly questions of the test split of a with other numbers",
    );
  });
});
