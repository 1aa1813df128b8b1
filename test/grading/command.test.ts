import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readCases } from './support/cases.js';

const program = fileURLToPath(new URL('../../libs/client/dist/cli/main.js', import.meta.url));

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'trprompt-grade-'));
});
afterAll(() => rm(folder, { recursive: true }));

interface Line {
  id: string;
  correct: boolean;
  error?: string;
  extracted: string;
  method: string;
  reason: string;
}

/** What `trprompt grade` makes of the lines, as a process of its own. */
async function graded(
  name: string,
  lines: object[],
  ...options: string[]
): Promise<{ code: number; out: Line[] }> {
  const [input, output] = [join(folder, `${name}.jsonl`), join(folder, `${name}-verdicts.jsonl`)];
  await writeFile(input, lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
  const child = spawn(process.execPath, [program, 'grade', '--in', input, '--out', output, ...options], {
    stdio: 'ignore',
    cwd: folder,
  });
  const [code] = (await once(child, 'exit')) as [number];
  const written = await readFile(output, 'utf8');
  return {
    code,
    out: written
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Line),
  };
}

describe('trprompt grade', () => {
  it('gives every firm case its verdict, in order', { timeout: 120_000 }, async () => {
    const cases = readCases().filter(
      ({ firm, kind }) => firm && (kind.startsWith('gsm') || kind === 'choice'),
    );
    const lines = cases.map(({ kind, form, gold, text }, index) => ({
      id: `${index}`,
      kind,
      form,
      gold,
      response_or_answer: text,
    }));
    const { code, out } = await graded('cases', lines);
    expect(code).toBe(0);
    expect(out.map(({ id }) => id)).toEqual(lines.map(({ id }) => id));
    const wrong = out.filter(({ correct }, index) => correct !== cases[index]?.correct);
    expect(wrong).toEqual([]);
  });

  it("survives bombs in users' patterns and goes on with the next line", { timeout: 120_000 }, async () => {
    const bombs = [
      '^(a+)+$',
      '^(a|a)*$',
      '(.*)*$x',
      '^(([a-z])+.)+[A-Z]([a-z])+$',
      '^(a?){40}a{40}$',
      '^(\\w+\\s?)*$',
      '(',
    ];
    const text = `${'a'.repeat(40)}!`;
    const lines = bombs.flatMap((gold, index) => [
      { id: `bomb ${index}`, kind: 'regex', form: 'answer', gold, response_or_answer: text },
      { id: `after ${index}`, kind: 'regex', form: 'answer', gold: 'b+', response_or_answer: 'abba' },
    ]);
    const { out } = await graded('bombs', lines);
    const after = out.filter(({ id }) => id.startsWith('after'));
    expect(after.map(({ correct }) => correct)).toEqual(bombs.map(() => true));
    const during = out.filter(({ id }) => id.startsWith('bomb'));
    expect(during.length).toBe(bombs.length);
    expect(during.filter(({ correct, error, reason }) => correct || (error ?? reason) === '')).toEqual([]);
  });

  const modules = {
    hangs: 'export default () => { for (;;); };',
    'fills the memory':
      'export default () => { const all = []; for (;;) all.push(new Array(1e6).fill(1)); };',
    exits: 'export default () => process.exit(0);',
  };

  it.each(Object.entries(modules))(
    "survives a user's module that %s",
    { timeout: 60_000 },
    async (name, source) => {
      const file = `${name.replaceAll(' ', '-')}.mjs`;
      await writeFile(join(folder, file), source);
      const lines = [
        { id: 'a', kind: 'custom', form: 'answer', gold: '1', response_or_answer: '1' },
        { id: 'b', kind: 'number', form: 'answer', gold: '1', response_or_answer: '1' },
      ];
      const { code, out } = await graded(
        name.replaceAll(' ', '-'),
        lines,
        '--set',
        `grading.custom.module=./${file}`,
      );
      expect(code).toBe(1);
      expect(out.map(({ id, correct }) => [id, correct])).toEqual([
        ['a', false],
        ['b', true],
      ]);
      expect(out[0]?.error).toBeTruthy();
    },
  );

  it('reads lines of 10 MB, NULs, lone surrogates and what is no case', { timeout: 120_000 }, async () => {
    const kinds = ['math', 'gsm8k', 'gsmhard', 'exact', 'choice', 'number', 'json', 'regex'];
    const lines = kinds.flatMap((kind) => [
      {
        id: `${kind} long`,
        kind,
        form: 'response',
        gold: '1',
        response_or_answer: '\\boxed{'.repeat(1_400_000),
      },
      { id: `${kind} odd`, kind, form: 'answer', gold: '1', response_or_answer: '\u0000\ud800\u202e' },
      { id: `${kind} gold`, kind, form: 'answer', gold: '9^{9^{9^9}}', response_or_answer: '1' },
      { id: `${kind} nothing`, kind },
    ]);
    const { out } = await graded('long', lines);
    expect(out.map(({ id }) => id)).toEqual(lines.map(({ id }) => id));
    expect(out.filter(({ correct }) => correct).map(({ id }) => id)).toEqual([]);
  });
});
