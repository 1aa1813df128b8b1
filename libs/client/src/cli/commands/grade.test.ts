import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Terminal } from '../../testing/terminal.js';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'trprompt-grade-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const right = { id: 'a', kind: 'gsm8k', form: 'response', gold: '#### 18', response_or_answer: '#### 18' };
const wrong = { ...right, id: 'b', response_or_answer: 'The answer is 81.' };

/** Grades lines in this process and gives the exit code and the verdicts. */
async function grade(
  lines: readonly (object | string)[],
  ...args: string[]
): Promise<{ code: number; verdicts: Record<string, unknown>[]; terminal: Terminal }> {
  const terminal = new Terminal(undefined, folder);
  const text = lines.map((line) => (typeof line === 'string' ? line : JSON.stringify(line))).join('\n');
  await writeFile(join(folder, 'cases.jsonl'), text);
  const code = await terminal.trprompt(
    'grade',
    ...['--in', 'cases.jsonl', '--out', 'verdicts.jsonl', '--workers', '0'],
    ...args,
  );
  const out = await readFile(join(folder, 'verdicts.jsonl'), 'utf8').catch(() => '');
  const verdicts = out
    .split('\n')
    .flatMap((line) => (line === '' ? [] : [JSON.parse(line) as Record<string, unknown>]));
  return { code, verdicts, terminal };
}

describe('trprompt grade', () => {
  it('writes one verdict a line, in the order of the cases', async () => {
    const { code, verdicts, terminal } = await grade([right, wrong, '', { ...right, id: 3 }]);
    expect(code).toBe(0);
    expect(verdicts).toEqual([
      { id: 'a', correct: true, extracted: '18', method: 'hash', reason: expect.any(String) },
      { id: 'b', correct: false, extracted: '81', method: 'stated', reason: expect.any(String) },
      { id: 3, correct: true, extracted: '18', method: 'hash', reason: expect.any(String) },
    ]);
    expect(terminal.stdout.text).toMatch(/^3 cases, 2 correct \(66\.7 %\), in /);
    expect(terminal.stdout.text).toMatch(/gsm8k +3 +2/);
  });

  it('takes the text under its other names, which say its form, and numbers as text', async () => {
    const { kind, gold } = right;
    const { verdicts } = await grade([
      { id: 1, kind, gold, response: 'so it is #### 18' },
      { id: 2, kind: 'exact', gold: 'Paris', answer: 'paris' },
      { id: 3, kind: 'number', gold: 18, form: 'answer', response_or_answer: 18 },
      { kind, gold, response: '#### 18' },
    ]);
    expect(verdicts.map(({ id, correct }) => [id, correct])).toEqual([
      [1, true],
      [2, true],
      [3, true],
      [4, true],
    ]);
  });

  it('gives every bad line an error with its number, in its place, and exit code 1', async () => {
    const { code, verdicts, terminal } = await grade([
      right,
      '{"id": "x", ',
      '[1]',
      { id: 'c', kind: 'vibes', form: 'talk' },
      { ...right, id: 'd', gold: null },
      { ...right, id: 'e', gold: 'eighteen' },
      right,
    ]);
    expect(code).toBe(1);
    expect(verdicts.map(({ id, correct, line }) => [id, correct, line])).toEqual([
      ['a', true, undefined],
      [null, false, 2],
      [null, false, 3],
      ['c', false, 4],
      ['d', false, 5],
      ['e', false, 6],
      ['a', true, undefined],
    ]);
    expect(String(verdicts[3]?.error)).toMatch(
      /kind is "vibes".*form is "talk".*response_or_answer is missing; gold is missing/,
    );
    for (const line of [2, 3, 4, 5, 6]) expect(terminal.stderr.text).toContain(`line ${line}: `);
    expect(terminal.stdout.text).toContain('7 cases, 2 correct (28.6 %), 5 with an error');
  });

  it('reads stdin and writes stdout, and then tells its summary on stderr', async () => {
    const terminal = new Terminal(undefined, folder);
    const text = `\uFEFF${JSON.stringify(right)}\r\n${JSON.stringify(wrong)}`;
    const bytes = Buffer.from(text, 'utf8');
    // Lines and characters are cut anywhere.
    terminal.stdin = Readable.from(
      Array.from({ length: bytes.length }, (_, at) => bytes.subarray(at, at + 1)),
    );
    expect(await terminal.trprompt('grade', '--in', '-', '--workers', '0')).toBe(0);
    expect(terminal.json.map(({ id, correct }) => [id, correct])).toEqual([
      ['a', true],
      ['b', false],
    ]);
    expect(terminal.stderr.text).toContain('2 cases, 1 correct');
  });

  it('gives its summary as JSON', async () => {
    const { terminal } = await grade([right, wrong], '--json');
    expect(terminal.json).toEqual([
      {
        type: 'graded',
        cases: 2,
        correct: 1,
        errors: 0,
        byKind: { gsm8k: { cases: 2, correct: 1 } },
        byMethod: { hash: { cases: 1, correct: 1 }, stated: { cases: 1, correct: 0 } },
        seconds: 0,
        perSecond: 2,
      },
    ]);
  });

  it('takes options of a grader from --set and from a configuration, and the kind of lines without one', async () => {
    const line = { id: 1, form: 'response', gold: 'blue', response_or_answer: 'Result: red. Result: blue.' };
    const set = ['--set', String.raw`grading.regex.extract=Result: (\w+)`, '--set', 'grading.kind=regex'];
    expect((await grade([line], ...set)).verdicts).toMatchObject([
      { correct: true, extracted: 'blue', method: 'pattern' },
    ]);
    await writeFile(
      join(folder, 'run.yaml'),
      'name: mine\ngrading: {kind: regex, regex: {extract: "Result: (red)"}}\n',
    );
    expect((await grade([line, right], '--config', 'run.yaml')).verdicts).toMatchObject([
      { correct: false, extracted: 'red' },
      { correct: true, method: 'hash' },
    ]);
  });

  it('grades with a module beside it', async () => {
    await writeFile(
      join(folder, 'mine.mjs'),
      'export default ({ question, response }) => response.includes(question);\n',
    );
    const line = {
      id: 1,
      kind: 'custom',
      form: 'response',
      gold: '',
      question: 'tea',
      response_or_answer: 'tea time',
    };
    const { code, verdicts } = await grade([line], '--set', 'grading.custom.module=./mine.mjs');
    expect(verdicts).toMatchObject([{ id: 1, correct: true, reason: 'right by the custom grader' }]);
    expect(code).toBe(0);
  });

  it.skipIf(!existsSync('/dev/full'))('says so when the disk is full', async () => {
    const { code, terminal } = await grade([right, wrong], '--out', '/dev/full');
    expect(code).toBe(1);
    expect(terminal.stderr.text).toMatch(/\/dev\/full cannot be written: ENOSPC/);
  });

  it.each([
    [['--set', 'grading.regex.extract=('], /grading\.regex\.extract: is no pattern/],
    [['--set', 'grading.kind=vibes'], /grading\.kind: is "vibes"/],
    [['--set', 'grading.regexp.extract=x'], /grading\.regexp: is no setting: did you mean "regex"/],
    [['--set', 'train.rank=8'], /--set train: only settings under grading/],
    [['--out', 'cases.jsonl'], /--out is the same file as --in/],
    [['--in', 'nowhere.jsonl'], /nowhere\.jsonl cannot be read/],
    [['--out', 'nowhere/verdicts.jsonl'], /nowhere\/verdicts\.jsonl cannot be written/],
    [['--workers', 'many'], /whole number of 0 to 64/],
    [['--config', 'nowhere.yaml'], /nowhere\.yaml cannot be read/],
  ])('refuses %j, and grades nothing', async (args, message) => {
    const { code, terminal, verdicts } = await grade([right], ...args);
    expect(code).toBe(2);
    expect(terminal.stderr.text).toMatch(message);
    expect(verdicts).toEqual([]);
  });
});
