import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { pureGraderKinds } from '@trprompt/core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const command = fileURLToPath(new URL('../../libs/client/dist/cli/main.js', import.meta.url));
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'trprompt-grade-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

interface Verdict {
  id: number | null;
  correct: boolean;
  error?: string;
}

/** Runs the command as a user does, with its processes. */
async function grade(
  cases: readonly object[],
  ...args: string[]
): Promise<{ code: number | null; verdicts: Verdict[]; said: string }> {
  const [input, output] = [join(folder, 'cases.jsonl'), join(folder, 'verdicts.jsonl')];
  await writeFile(input, cases.map((each) => `${JSON.stringify(each)}\n`).join(''));
  const child = spawn(process.execPath, [command, 'grade', '--in', input, '--out', output, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (text: Buffer) => (said += text.toString()));
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
  const text = await readFile(output, 'utf8');
  const verdicts = text.split('\n').flatMap((line) => (line === '' ? [] : [JSON.parse(line) as Verdict]));
  return { code, verdicts, said };
}

const golds: Record<string, string> = {
  number: '18',
  gsm8k: '#### 18',
  gsmhard: '18.5',
  math: String.raw`\frac{1}{2}`,
  exact: 'Paris',
  choice: 'B',
  json: '{"a":1}',
};

describe('trprompt grade, as a process', () => {
  it('grades thousands of cases of all kinds at once, in order', async () => {
    const kinds = pureGraderKinds;
    const cases = Array.from({ length: 3000 }, (_, id) => {
      const kind = kinds[id % kinds.length] ?? 'number';
      const gold = golds[kind] ?? '';
      return { id, kind, form: 'answer', gold, response_or_answer: id % 2 === 0 ? gold : 'nothing of it' };
    });
    const { code, verdicts, said } = await grade(cases);
    expect(said).toContain('3,000 cases, 1,500 correct');
    expect(verdicts.map(({ id }) => id)).toEqual(cases.map(({ id }) => id));
    expect(verdicts.filter(({ id, correct }) => correct !== (Number(id) % 2 === 0))).toEqual([]);
    expect(code).toBe(0);
  });

  it('stays up whatever the text is, with a verdict or an error for each case', async () => {
    const hostile = [
      '1'.repeat(10_000_000),
      '('.repeat(1_000_000),
      '['.repeat(1_000_000),
      '{"a":'.repeat(200_000),
      '9^{9^{9^9}}',
      '100000!!',
      '1e999999',
      '\\boxed{'.repeat(100_000),
      '\\frac{'.repeat(100_000),
      '\u200B\u202E'.repeat(100_000),
      '**'.repeat(300_000),
      'the answer is '.repeat(100_000),
      `${' '.repeat(5_000_000)}18`,
      '\uD800',
    ];
    const cases = [...pureGraderKinds, 'regex'].flatMap((kind) =>
      hostile.map((text) => ({
        kind,
        form: 'response',
        gold: golds[kind] ?? '(x+x+)+y',
        response_or_answer: text,
      })),
    );
    const numbered = [
      ...cases.map((each, id) => ({ id, ...each })),
      { id: -1, kind: 'regex', form: 'response', gold: '^(a+)+$', response_or_answer: `${'a'.repeat(60)}b` },
      { id: -2, kind: 'exact', form: 'response', gold: 'Paris', response_or_answer: 'Paris' },
    ];
    const { verdicts, said } = await grade(numbered);
    console.log(`hostile texts: tried ${numbered.length}, survived ${verdicts.length}`);
    expect(said).toContain(`${numbered.length} cases`);
    expect(verdicts.map(({ id }) => id)).toEqual(numbered.map(({ id }) => id));
    expect(verdicts.at(-2)?.error).toMatch(/took longer than 0\.5 s/);
    expect(verdicts.at(-1)?.correct).toBe(true);
  }, 180_000);

  it('survives a module that does everything wrong', async () => {
    await writeFile(
      join(folder, 'hostile.mjs'),
      `const deeds = {
        loop() { for (;;); },
        exit() { process.exit(0); },
        throw() { throw new Error('no idea'); },
        arrays() { const all = []; for (;;) all.push(new Array(1e7).fill(1)); },
        buffers() { const all = []; for (;;) all.push(Buffer.alloc(1 << 22, 1)); },
        right: () => true,
      };
      export default ({ response }) => deeds[response]();`,
    );
    const deeds = ['loop', 'right', 'exit', 'right', 'throw', 'arrays', 'right', 'buffers', 'right'];
    const cases = deeds.map((deed, id) => ({ id, form: 'answer', gold: 'x', response_or_answer: deed }));
    const set = [
      '--set',
      'grading.kind=custom',
      '--set',
      `grading.custom.module=${join(folder, 'hostile.mjs')}`,
    ];
    const { code, verdicts } = await grade(cases, ...set);
    expect(verdicts.map(({ correct, error }) => (correct ? 'right' : typeof error))).toEqual(
      deeds.map((deed) => (deed === 'right' ? 'right' : 'string')),
    );
    expect(code).toBe(1);
  });
});
