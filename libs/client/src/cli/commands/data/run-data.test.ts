import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { type FakeCoordinator, startFakeCoordinator } from '../../../testing/fake-coordinator.js';
import { jsonl, question, rows, writeDefinition } from '../../../testing/invented-data.js';
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

const write = (name: string, content: string): Promise<void> => writeFile(join(folder, name), content);

/** Runs the command; what it printed, and its exit code. */
async function data(...args: string[]): Promise<{ code: number; out: string; error: string }> {
  terminal = new Terminal(mesh.address, folder);
  const code = await terminal.trprompt('data', ...args);
  return { code, out: terminal.stdout.text, error: terminal.stderr.text };
}

describe('a run', () => {
  const sent = () =>
    parse(mesh.created[0]?.config ?? '') as { data: Record<string, unknown>; grading: { kind: string } };

  it('of an imported data set sends it along; the set says how it is divided and graded', async () => {
    await writeDefinition(folder);
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
    await writeDefinition(folder);
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
