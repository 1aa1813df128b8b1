import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { DataFolder, type Printed } from '../../../testing/data-folder.js';
import { jsonl, question, rows, writeDefinition } from '../../../testing/invented-data.js';

let desk: DataFolder;

beforeEach(async () => {
  desk = await DataFolder.open();
});
afterEach(() => desk.close());

const data = (...args: string[]): Promise<Printed> => desk.trprompt('data', ...args);

describe('a run', () => {
  const sent = () =>
    parse(desk.mesh.created[0]?.config ?? '') as { data: Record<string, unknown>; grading: { kind: string } };

  it('of an imported data set sends it along; the set says how it is divided and graded', async () => {
    await writeDefinition(desk.path);
    await data('import', 'things.yaml', '--from', 'files');
    await desk.write('run.yaml', 'name: mine\ndata: { source: dataset, dataset: things }\n');
    expect(await desk.trprompt('run', '--config', 'run.yaml', '--detach')).toMatchObject({ code: 0 });
    expect(desk.mesh.created[0]?.examples).toHaveLength(60);
    expect(desk.mesh.created[0]?.examples.filter(({ split }) => split === 'test')).toHaveLength(10);
    expect(desk.mesh.created[0]?.examples.some(({ split }) => split === 'train')).toBe(false);
    expect(sent().grading.kind).toBe('exact');
    expect(sent().data).toMatchObject({
      dataset: expect.stringMatching(/^things@[0-9a-f]{64}$/) as unknown,
      split: { train: 0.9, validation: 0.1, confirmation: 0, test: 0 },
    });
  });

  it('that says how is obeyed', async () => {
    await writeDefinition(desk.path);
    await data('import', 'things.yaml', '--from', 'files');
    await desk.write(
      'run.yaml',
      'name: mine\ngrading: { kind: number }\ndata: { source: dataset, dataset: things, split: { train: 30, validation: 20 } }\n',
    );
    expect(await desk.trprompt('run', '--config', 'run.yaml', '--detach')).toMatchObject({ code: 0 });
    expect(sent()).toMatchObject({
      grading: { kind: 'number' },
      data: { split: { train: 30, validation: 20 } },
    });
  });

  it('reads CSV with the members that data.file names', async () => {
    await desk.write(
      'my.csv',
      `meta,text,gold\n${rows(0, 20)
        .map((_, n) => `x,${question(n)},${n}`)
        .join('\n')}\n`,
    );
    await desk.write(
      'run.yaml',
      'name: mine\ndata: { source: file, file: { path: my.csv, question: text, answer: gold } }\n',
    );
    expect(await desk.trprompt('run', '--config', 'run.yaml', '--detach')).toMatchObject({ code: 0 });
    expect(desk.mesh.created[0]?.examples).toHaveLength(20);
  });

  it('of a data set that is not imported says how to import it, before any call', async () => {
    await desk.write('run.yaml', 'name: mine\ndata: { source: dataset, dataset: gsm8k }\n');
    const { code, error } = await desk.trprompt('run', '--config', 'run.yaml');
    expect(code).toBe(2);
    expect(error).toContain('data.dataset: there is no data set gsm8k');
    expect(error).toContain('trprompt data import gsm8k');
    expect(desk.mesh.created).toEqual([]);
  });

  it('whose train questions are in the test split of another set is warned', async () => {
    const text = (n: number): string =>
      `Ann has ${n} big boxes of chalk and buys ${n + 2} more of them today. How many are there?`;
    await desk.write('a.jsonl', jsonl([{ question: text(3), answer: '8', split: 'test' }]));
    await data('import', 'a.jsonl');
    await desk.write(
      'my.jsonl',
      jsonl([
        { question: text(40), answer: '82', split: 'train' },
        ...rows(0, 20, { split: 'validation' }),
        { question: 'Unlike any other question here?', answer: '1', split: 'test' },
      ]),
    );
    await desk.write('run.yaml', 'name: mine\ndata: { source: file, file: { path: my.jsonl } }\n');
    const { code, error } = await desk.trprompt('run', '--config', 'run.yaml', '--detach');
    expect(code).toBe(0);
    expect(error).toContain(
      "1 of 1 questions of this run's train split are nearly questions of the test split of a with other numbers",
    );
  });
});
