import { mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gradingSettings } from '@trprompt/core';
import * as fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { createGrader } from '../create-grader.js';
import type { Grader } from '../grader.js';
import { failureOf, gradeWith, modules } from '../testing/grading.js';

const opened: Grader[] = [];
function moduleGrader(module: string, changes = {}, where = modules, processes = 2): Grader {
  const settings = gradingSettings({ kind: 'custom', custom: { module, ...changes } });
  const grader = createGrader(settings, { modules: where, processes });
  opened.push(grader);
  return grader;
}
afterAll(() => Promise.all(opened.map((grader) => grader.close())));

describe('a grader from a module', () => {
  it('decides, and says what it found and why', async () => {
    const grader = moduleGrader('ok.mjs');
    expect(await gradeWith(grader, 'It is 42.', '42')).toEqual({
      correct: true,
      extracted: '42',
      method: 'whole',
      reason: 'looked for it',
    });
    expect(await gradeWith(grader, 'It is 24.', '42')).toMatchObject({ correct: false });
  });

  it('has neither the environment of the service nor leave to write and to start processes', async () => {
    const grader = moduleGrader('hostile.mjs');
    expect(await gradeWith(grader, 'environment')).toMatchObject({ correct: true });
    expect((await failureOf(gradeWith(grader, 'write'))).message).toContain('restricted');
    expect((await failureOf(gradeWith(grader, 'spawn'))).message).toContain('restricted');
  });

  it('may be no longer than a reason is', async () => {
    const { extracted, reason } = await gradeWith(moduleGrader('hostile.mjs'), 'long');
    expect([extracted.length, reason.length]).toEqual([10_000, 1000]);
  });
});

describe('a module that fails says what to do', () => {
  const grader = moduleGrader('hostile.mjs', { timeoutSeconds: 0.4, memoryMiB: 64 });

  it.each([
    ['loop', /took longer than 0\.4 s: make it faster, or raise grading\.custom\.timeoutSeconds/],
    ['hang', /took longer than 0\.4 s/],
    ['regex', /took longer than 0\.4 s/],
    ['throw', /threw: no idea/],
    ['throwNothing', /threw: undefined/],
    ['rejectLater', /threw outside of the call: too late/],
    ['exit', /ended its process \(exit code 0\): it must return instead/],
    ['kill', /ended its process \(SIGTERM\)/],
    ['recursion', /Maximum call stack/],
    ['nothing', /returned undefined: it must return true, false or/],
    ['number', /returned 1: it must return/],
    ['halfway', /returned \{"correct":"yes"\}/],
    ['extracted', /returned extracted 5: it must be text/],
    ['cyclic', /returned an object that is no JSON/],
  ])('%s', async (deed, message) => {
    expect((await failureOf(gradeWith(grader, deed))).message).toMatch(message);
    expect(await gradeWith(grader, 'right')).toMatchObject({ correct: true });
  });

  it.each(['objects', 'arrays', 'buffers', 'abort'])('%s: out of memory or of time', async (deed) => {
    const failure = await failureOf(gradeWith(grader, deed));
    expect(failure.message).toMatch(/used more than 64 MiB of memory: .*memoryMiB|took longer than/);
    expect(await gradeWith(grader, 'right')).toMatchObject({ correct: true });
  });

  it('in any order, many at once, and the others get their verdicts', async () => {
    const quick = moduleGrader('hostile.mjs', { timeoutSeconds: 0.3, memoryMiB: 64 });
    const deeds = [
      'loop',
      'throw',
      'exit',
      'rejectLater',
      'disconnect',
      'buffers',
      'nothing',
      'kill',
      'right',
      'right',
      'right',
    ];
    const order = fc.sample(fc.constantFrom(...deeds), { seed: 3, numRuns: 60 });
    const outcomes = await Promise.all(
      order.map((deed) =>
        gradeWith(quick, deed).then(
          ({ correct }) => (correct ? 'right' : 'wrong'),
          (error: unknown) => (error as Error).name,
        ),
      ),
    );
    const unlike = order.filter((deed, index) => deed === 'right' && outcomes[index] !== 'right');
    expect(unlike).toEqual([]);
    expect(new Set(outcomes)).toEqual(new Set(['right', 'GraderFailure']));
    console.log(`modules: tried ${order.length}, survived ${outcomes.length}`);
  });

  it('that cannot be loaded fails every question in the same words', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'trprompt-graders-'));
    try {
      await writeFile(join(folder, 'none.mjs'), 'export const grade = () => true;');
      await writeFile(join(folder, 'broken.mjs'), 'export default (');
      const where = { folder, confined: true };
      expect((await failureOf(gradeWith(moduleGrader('none.mjs', {}, where), 'x'))).message).toBe(
        'the grader module none.mjs cannot be loaded: its default export is undefined: it must be a function',
      );
      const broken = moduleGrader('broken.mjs', {}, where);
      const first = await failureOf(gradeWith(broken, 'x'));
      expect(first.message).toContain('the grader module broken.mjs cannot be loaded: Unexpected');
      expect((await failureOf(gradeWith(broken, 'y'))).message).toBe(first.message);
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});

describe('a module that is not permitted', () => {
  const open = (module: string, where?: typeof modules): Grader => {
    const grader = createGrader(gradingSettings({ kind: 'custom', custom: { module } }), { modules: where });
    opened.push(grader);
    return grader;
  };

  it.each([
    ['../grading.ts', /leads out of the folder/],
    ['/etc/passwd', /leads out of the folder/],
    ['nested/../../grading.ts', /leads out of the folder/],
    ['.', /leads out of the folder/],
    ['absent.mjs', /no file in the folder TRPROMPT_GRADER_MODULES/],
  ])('%s is refused', (module, message) => expect(() => open(module, modules)).toThrow(message));

  it('is refused where there is no folder of modules', () => {
    expect(() => open('ok.mjs')).toThrow(/the operator has to set TRPROMPT_GRADER_MODULES/);
  });

  it('is refused behind a link, and when it is no module', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'trprompt-graders-'));
    try {
      await symlink(join(modules.folder, 'ok.mjs'), join(folder, 'link.mjs'));
      await writeFile(join(folder, 'notes.txt'), '');
      expect(() => open('link.mjs', { folder, confined: true })).toThrow(/a link that leads out/);
      expect(() => open('notes.txt', { folder, confined: true })).toThrow(/no JavaScript module/);
      opened.push(open('link.mjs', { folder, confined: false }));
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});
