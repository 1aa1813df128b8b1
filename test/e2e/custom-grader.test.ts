import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { RunState, type RunReport } from '@trprompt/proto/coordinator/v1/coordinator';
import { afterEach, describe, expect, it } from 'vitest';
import { defaultScript } from '../support/default-script.js';
import { startMesh, type Mesh } from '../support/mesh.js';
import { startScriptedOpenAi } from '../support/scripted-openai.js';
import { scriptedTask } from '../support/scripted-task.js';

const task = scriptedTask(40);

/** Kind number, written as a user's module; for one question it never ends. */
const graderModule = `
export default function grade({ question, response, gold }) {
  if (question.includes(STUCK)) for (;;);
  const last = response.match(/-?\\d+(?:\\.\\d+)?/g)?.at(-1) ?? '';
  return { correct: last !== '' && Number(last) === Number(gold), extracted: last, reason: 'the last number' };
}
`;

async function runToEnd(mesh: Mesh, requestId: string, grading: object): Promise<RunReport> {
  const config = {
    name: 'graded',
    seed: 5,
    data: { source: 'inline' },
    grading,
    iterations: 1,
    rollout: { questions: 12, concurrency: 4 },
    train: { enabled: false },
    search: { steps: 1 },
    failures: { tolerance: 0.5 },
  };
  const { run } = await mesh.coordinator.createRun({
    requestId,
    config: JSON.stringify(config),
    examples: task.examples,
  });
  const runId = run?.runId ?? '';
  for await (const _ of mesh.coordinator.watchRun({ runId, afterSequence: 0 }, { deadlineMs: 120_000 }));
  const { report } = await mesh.coordinator.getReport({ runId });
  if (!report) throw new Error('there is no report');
  return report;
}

const measured = ({ accuracies, searches }: RunReport) => ({
  accuracies: accuracies.map(({ step, split, method, correct, total }) => [
    step,
    split,
    method,
    correct,
    total,
  ]),
  candidates: searches.map(({ candidates }) =>
    candidates.map(({ correct, total, kept }) => [correct, total, kept]),
  ),
});

describe('runs that are graded by a module of the operator', () => {
  const cleanups: (() => Promise<void>)[] = [];
  afterEach(async () => {
    for (const cleanup of cleanups.splice(0).toReversed()) await cleanup();
  });

  it('come to the figures of the kind that the module copies, and give up what it hangs on', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'trprompt-modules-'));
    cleanups.push(() => rm(folder, { recursive: true, force: true }));
    const llm = await startScriptedOpenAi({ script: defaultScript({ golds: task.golds }) });
    cleanups.push(() => llm.close());
    const permitted = { TRPROMPT_GRADER_MODULES: folder };
    const mesh = await startMesh({
      baseUrl: llm.baseUrl,
      env: { coordinator: permitted, textgrad: permitted },
    });
    cleanups.push(() => mesh.stop());
    const stuck = task.examples[0]?.question ?? '';
    await writeFile(join(folder, 'number.mjs'), graderModule.replace('STUCK', "'no question has this'"));
    await writeFile(join(folder, 'stuck.mjs'), graderModule.replace('STUCK', JSON.stringify(stuck)));

    const expected = await runToEnd(mesh, 'number', { kind: 'number' });
    expect(expected.run?.state).toBe(RunState.RUN_STATE_SUCCEEDED);
    const custom = (module: string) => ({ kind: 'custom', custom: { module, timeoutSeconds: 2 } });
    expect(measured(await runToEnd(mesh, 'module', custom('number.mjs')))).toEqual(measured(expected));

    const held = await runToEnd(mesh, 'stuck', custom('stuck.mjs'));
    expect(held.run?.state).toBe(RunState.RUN_STATE_SUCCEEDED);
    const reasons = held.givenUp.map(({ reason }) => reason);
    expect(reasons.length).toBeGreaterThan(0);
    for (const reason of reasons)
      expect(reason).toMatch(/not graded: the grader module stuck\.mjs took longer than 2 s/);

    await expect(runToEnd(mesh, 'outside', custom('../number.mjs'))).rejects.toThrow(
      /leads out of the folder/,
    );
  });
});
