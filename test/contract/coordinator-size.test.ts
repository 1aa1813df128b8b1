import {
  CoordinatorServiceService as rpc,
  CreateRunRequest,
} from '@trprompt/proto/coordinator/v1/coordinator';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { defaultScript } from '../support/default-script.js';
import { startLocalMesh, type LocalMesh } from '../support/local-mesh.js';
import { RawClient } from '../support/raw-client.js';
import { startScriptedOpenAi, type ScriptedOpenAi } from '../support/scripted-openai.js';
import { smallRun } from '../support/scripted-task.js';

describe('the coordinator service', () => {
  let llm: ScriptedOpenAi;
  let mesh: LocalMesh;
  let client: RawClient;

  beforeAll(async () => {
    llm = await startScriptedOpenAi({ script: defaultScript({ golds: new Map() }) });
    mesh = await startLocalMesh(llm.baseUrl);
    client = new RawClient(mesh.coordinator.address);
  });
  afterAll(async () => {
    client.close();
    await mesh.close();
    await llm.close();
  });

  // MATH has 12,500 problems of up to 4,309 characters; more than gRPC's usual 4 MiB has to go through in one message.
  it('takes a data set of the size of MATH in one message', { timeout: 120_000 }, async () => {
    const examples = Array.from({ length: 12_500 }, (_, n) => ({
      exampleId: `q${n}`,
      question: `${n}: ${'how many of the many things are there? '.repeat(25)}`,
      answer: String(n),
      split: n < 12_480 ? 'train' : n < 12_490 ? 'validation' : 'test',
    }));
    const config = JSON.stringify({ name: 'large', ...smallRun });
    const request = CreateRunRequest.fromPartial({ config, examples });
    expect(CreateRunRequest.encode(request).finish().length).toBeGreaterThan(10 * 2 ** 20);
    const { run } = await client.unary(rpc.createRun, request);
    expect(run?.runId).toMatch(/^large-/);
    await client.unary(rpc.cancelRun, { runId: run?.runId ?? '' });
  });
});
