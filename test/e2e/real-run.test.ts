import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { RunState, type RunReport } from '@trprompt/proto/coordinator/v1/coordinator';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startMesh, type Mesh } from '../support/mesh.js';
import { startListening, type ListeningProcess } from '../support/process.js';

const root = fileURLToPath(new URL('../../', import.meta.url));
const model = join(root, '.trprompt/models/SmolLM2-135M-Instruct.Q4_1.gguf');
const python = join(root, '.trprompt/venv/bin/python');

const config = JSON.stringify({
  name: 'real',
  seed: 5,
  data: {
    generated: { count: 16, levels: [1], distractors: 0, largest: 9 },
    split: { train: 8, validation: 4, test: 4 },
  },
  iterations: 2,
  rollout: { questions: 6, concurrency: 4, exploration: { share: 0.5, iterations: 1 } },
  promptModel: { decoding: { temperature: 0.9, maxTokens: 12, stop: ['\n'] } },
  target: { decoding: { temperature: 0, maxTokens: 16 } },
  critic: { mode: 'verifier' },
  train: { rank: 4, alpha: 8, learningRate: 5e-4, epochs: 1, batchSize: 3 },
  search: { steps: 1, minibatch: 1, decoding: { temperature: 0.7, maxTokens: 48 }, maxRewardLength: 400 },
});

describe('a run of the whole mesh with a real model and real training', () => {
  let engine: ListeningProcess | undefined;
  let mesh: Mesh | undefined;
  let report: RunReport | undefined;
  let runId = '';

  beforeAll(async () => {
    for (const path of [model, python]) {
      if (!existsSync(path)) throw new Error(`${path} does not exist: run \`npm run setup\` first`);
    }
    engine = await startListening(join(root, 'services/engine/dist/main.js'), [], {
      TRPROMPT_ENGINE_MODEL: model,
      TRPROMPT_EXIT_WITH_PARENT: '1',
      TRPROMPT_LOG_LEVEL: 'warn',
    });
    mesh = await startMesh({
      baseUrl: `http://${engine.announced['address']}/v1`,
      model: 'smollm2-135m-instruct',
      services: ['prompt-model', 'target-llm', 'reward-critic', 'textgrad', 'trainer'],
      env: (folder) => ({
        trainer: {
          TRPROMPT_TRAINER_BASE_MODEL: model,
          TRPROMPT_TRAINER_BASE_MODEL_NAME: 'smollm2-135m-instruct',
          TRPROMPT_TRAINER_PYTHON: python,
          TRPROMPT_TRAINER_WORK: join(folder, 'training'),
        },
      }),
    });
    const created = await mesh.coordinator.createRun({ requestId: 'real', config, examples: [] });
    runId = created.run?.runId ?? '';
    const updates = mesh.coordinator.watchRun({ runId, afterSequence: 0 }, { deadlineMs: 300_000 });
    for await (const update of updates) void update;
    report = (await mesh.coordinator.getReport({ runId })).report;
  }, 360_000);

  afterAll(async () => {
    await mesh?.stop();
    await engine?.stop();
  });

  it('succeeds', () => {
    expect(report?.run).toMatchObject({ state: RunState.RUN_STATE_SUCCEEDED, reason: '' });
  });

  it('measures validation before, after training and after the search of each iteration', () => {
    const measured = report?.accuracies
      .filter(({ split }) => split === 'validation')
      .map(({ iteration, step, total }) => `${iteration} ${step} ${total}`);
    expect(measured).toEqual(['0 initial 4', '1 train 4', '1 search 4', '2 train 4', '2 search 4']);
  });

  it('scores the test split once for TRPrompt and for each baseline', () => {
    const tested = report?.accuracies.filter(({ split }) => split === 'test');
    expect(tested?.map(({ method, total }) => `${method} ${total}`).toSorted()).toEqual([
      'base 4',
      'cot 4',
      'trprompt 4',
    ]);
    expect(report?.comparisons.map(({ method }) => method).toSorted()).toEqual(['base', 'cot']);
  });

  it('trains two adapters on real losses, the second from the first', () => {
    expect(report?.trainings).toHaveLength(2);
    for (const training of report?.trainings ?? []) {
      expect(training.losses.length).toBeGreaterThan(0);
      expect(training.losses.every((loss) => Number.isFinite(loss) && loss > 0)).toBe(true);
      expect(training.adapter?.digest).toMatch(/^sha256:[0-9a-f]{64}$/);
    }
    expect(report?.trainings[0]?.adapter).not.toEqual(report?.trainings[1]?.adapter);
  });

  it('serves the adapters it trained', async () => {
    const response = await fetch(`http://${engine?.announced['address']}/v1/models`);
    const { data } = (await response.json()) as { data: { id: string }[] };
    const adapters = report?.trainings.map(
      ({ adapter }) => `adapter-${adapter?.digest.slice('sha256:'.length).slice(0, 16)}`,
    );
    expect(data.map(({ id }) => id)).toEqual(expect.arrayContaining(adapters ?? ['none']));
  });

  it('answers a query with the best checkpoint and shows the prompt, the same each time', async () => {
    const ask = {
      runId,
      question: 'There are 2 cups on a table and 3 in a box. How many cups are there?',
      seed: 0,
      idempotencyKey: '',
    };
    const first = await mesh?.coordinator.ask(ask);
    expect(first?.runId).toBe(runId);
    expect(first?.answer).not.toBe('');
    const again = await mesh?.coordinator.ask(ask);
    expect(again?.prompt).toBe(first?.prompt);
  });

  it('exports the best checkpoint with files that match their hashes', async () => {
    const files = new Map<string, { bytes: Buffer; sha256: string }>();
    for await (const { path, chunk, sha256 } of mesh?.coordinator.exportRun({ runId }) ?? []) {
      const before = files.get(path)?.bytes ?? Buffer.alloc(0);
      files.set(path, { bytes: Buffer.concat([before, chunk]), sha256 });
    }
    for (const { bytes, sha256 } of files.values()) {
      expect(createHash('sha256').update(bytes).digest('hex')).toBe(sha256);
    }
    expect([...files.keys()]).toEqual(expect.arrayContaining(['README.md', 't-star.txt', 'provenance.json']));
    const trained = report?.run?.best?.adapter !== undefined;
    expect([...files.keys()].some((path) => path.endsWith('adapter_model.safetensors'))).toBe(trained);
  });
});
