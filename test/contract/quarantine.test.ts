import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  CoordinatorServiceService as rpc,
  CreateRunRequest,
  ExportRunRequest,
  WatchRunRequest,
} from '@trprompt/proto/coordinator/v1/coordinator';
import { hashSplit } from '@trprompt/core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { defaultScript } from '../support/default-script.js';
import { startLocalMesh, type LocalMesh } from '../support/local-mesh.js';
import { RawClient } from '../support/raw-client.js';
import { startScriptedOpenAi, type ScriptedOpenAi } from '../support/scripted-openai.js';
import { scriptedTask, smallRun } from '../support/scripted-task.js';

const task = scriptedTask(20);
const inSplit = (name: string) => task.examples.filter(({ split }) => split === name);
const test = inSplit('test');

describe('the test split of a run of the real services', () => {
  let llm: ScriptedOpenAi;
  let mesh: LocalMesh;
  let client: RawClient;
  let artefacts: string;

  beforeAll(async () => {
    llm = await startScriptedOpenAi({ script: defaultScript({ golds: task.golds }) });
    artefacts = await mkdtemp(join(tmpdir(), 'trprompt-quarantine-'));
    mesh = await startLocalMesh(llm.baseUrl, { TRPROMPT_ARTEFACTS: artefacts });
    client = new RawClient(mesh.coordinator.address);
  });

  afterAll(async () => {
    client.close();
    await mesh.close();
    await llm.close();
    await rm(artefacts, { recursive: true, force: true });
  });

  it('is heard of by no model before the loop has ended, and only then; its reading and every hash are in the report', async () => {
    const config = JSON.stringify({ name: 'quarantine', ...smallRun, events: { samples: true } });
    const { run } = await client.unary(
      rpc.createRun,
      CreateRunRequest.fromPartial({ config, examples: task.examples }),
    );
    const runId = run?.runId ?? '';
    const updates = await client.all(
      rpc.watchRun,
      WatchRunRequest.fromPartial({ runId, includeSamples: true }),
    );
    const events = updates.flatMap(({ update }) => (update?.$case === 'event' ? [update.value] : []));
    const kinds = events.map(({ payload }) => payload?.$case);
    const opened = kinds.indexOf('testSplitOpened');
    expect(kinds.filter((kind) => kind === 'testSplitOpened')).toHaveLength(1);
    expect(events[opened - 1]?.payload).toMatchObject({ $case: 'phaseStarted', value: { phase: 'test' } });
    expect(kinds).not.toContain('testSplitRefused');
    const texts = test.map(({ question }) => question);
    const tells = (value: unknown): boolean => texts.some((text) => JSON.stringify(value)?.includes(text));
    expect(events.some(tells)).toBe(false);

    // Every request of the loop came before the first with a test question, and none after it was of another split.
    const first = llm.requests.findIndex(tells);
    expect(first).toBeGreaterThan(20);
    expect(llm.requests.slice(first).every(tells)).toBe(true);

    const { report } = await client.unary(rpc.getReport, { runId });
    const hashes = Object.fromEntries(
      ['train', 'validation', 'test'].map((name) => [name, hashSplit(inSplit(name))]),
    );
    expect(report?.splitHashes).toEqual(hashes);
    for (const [name, hash] of Object.entries(hashes)) expect(report?.provenance[`split.${name}`]).toBe(hash);
    expect(report?.testAccess).toMatchObject([{ attempt: 1, hash: hashes['test'], refused: '' }]);
    expect(report?.samplings).toMatchObject([{ iteration: 1, strategy: 'uniform', drawn: 10, graded: 10 }]);
    expect(tells(report)).toBe(false);

    const files = await client.all(rpc.exportRun, ExportRunRequest.fromPartial({ runId }));
    expect(files.some(({ chunk }) => tells(Buffer.from(chunk).toString('utf8')))).toBe(false);
    const { runs } = await client.unary(rpc.listRuns, { pageSize: 10, pageToken: '' });
    expect(tells(runs)).toBe(false);

    // The stored data set has every question of the loop, and none of the test.
    const stored = await readdir(artefacts, { recursive: true, withFileTypes: true });
    const contents = await Promise.all(
      stored
        .filter((each) => each.isFile())
        .map((each) => readFile(join(each.parentPath, each.name), 'utf8')),
    );
    const dataset = contents.filter((text) => text.includes(inSplit('train')[0]?.question ?? ''));
    expect(dataset).toHaveLength(1);
    expect(dataset[0]?.trim().split('\n')).toHaveLength(16);
    expect(contents.some(tells)).toBe(false);
  });
});
