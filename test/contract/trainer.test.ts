import { execFile } from 'node:child_process';
import { mkdtemp, readFile, readdir, rm, truncate } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { status } from '@grpc/grpc-js';
import {
  StartTrainingRequest,
  TrainerServiceService,
  TrainingState,
  type Hyperparameters,
  type Training,
} from '@trprompt/proto/trainer/v1/trainer';
import { createFolderArtefactStore, type ArtefactRef } from '@trprompt/store';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startListening, type ListeningProcess } from '../support/process.js';
import { RawClient } from '../support/raw-client.js';

const { startTraining, watchTraining, getTraining, cancelTraining } = TrainerServiceService;
const root = fileURLToPath(new URL('../../', import.meta.url));
const python = join(root, '.trprompt', 'venv', 'bin', 'python');

/** Quick to train, so that a test waits for the worker's imports only. */
const quick = {
  rank: 4,
  alpha: 8,
  learningRate: 0.01,
  epochs: 1,
  batchSize: 4,
  maxLength: 1024,
  precision: 'fp32',
};

/** So many steps that it never ends by itself during a test, with a checkpoint after each. */
const endless = { ...quick, epochs: 100, batchSize: 1, checkpointSteps: 1 };

describe('the trainer service, its worker and a tiny model', () => {
  let folder: string;
  let service: ListeningProcess;
  let client: RawClient;
  let dataset: ArtefactRef;

  async function startService(): Promise<void> {
    service = await startListening(join(root, 'services', 'trainer', 'dist', 'main.js'), [], {
      TRPROMPT_EXIT_WITH_PARENT: '1',
      TRPROMPT_LOG_LEVEL: 'error',
      TRPROMPT_DRAIN_SECONDS: '1',
      TRPROMPT_ARTEFACTS: join(folder, 'artefacts'),
      TRPROMPT_TRAINER_BASE_MODEL: join(folder, 'model', 'hf'),
      TRPROMPT_TRAINER_BASE_MODEL_NAME: 'tiny',
      TRPROMPT_TRAINER_PYTHON: python,
      TRPROMPT_TRAINER_WORK: join(folder, 'work'),
      TRPROMPT_TRAINER_THREADS: '1',
    });
    client = new RawClient(service.announced['address'] ?? '');
  }

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'trainer-contract-'));
    const script = join(root, 'services', 'trainer', 'worker', 'tests', 'tiny_model.py');
    await promisify(execFile)(python, [script, join(folder, 'model')]);
    const triples = Array.from({ length: 24 }, (_, at) => ({
      question: `What is ${at} + ${at + 1}?`,
      reward: 'The prompt asked for the number only.',
      prompt: at % 2 === 0 ? 'Reply with the number only.' : 'Give just the number.',
    }));
    dataset = await store().putFile(
      'dataset',
      Buffer.from(triples.map((each) => `${JSON.stringify(each)}\n`).join('')),
    );
  });

  beforeEach(startService);

  afterEach(async () => {
    client.close();
    await service.stop();
  });

  afterAll(async () => {
    await rm(folder, { recursive: true, force: true });
  });

  const store = () => createFolderArtefactStore(join(folder, 'artefacts'));

  const requestOf = (name: string, hyperparameters: Partial<Hyperparameters> = quick, data = dataset) =>
    StartTrainingRequest.fromPartial({ name, dataset: data, hyperparameters });

  async function start(request: StartTrainingRequest): Promise<Training | undefined> {
    return (await client.unary(startTraining, request)).training;
  }

  /** Watches until `holds`, or to the end. */
  async function watch(
    name: string,
    holds: (training: Training) => boolean = () => false,
  ): Promise<Training> {
    let last: Training | undefined;
    const stream = client.stream(watchTraining, { name });
    for await (const message of stream) {
      last = (message as { training: Training }).training;
      if (holds(last)) break;
    }
    if (last) return last;
    throw new Error('the stream ended without a state');
  }

  const hasStepped = ({ progress }: Training): boolean => (progress?.step ?? 0) >= 2;

  /** Ids of the worker processes of this test's folder. */
  async function workers(): Promise<number[]> {
    const found: number[] = [];
    for (const pid of (await readdir('/proc')).filter((name) => /^\d+$/.test(name))) {
      const command = await readFile(join('/proc', pid, 'cmdline'), 'utf8').catch(() => '');
      if (command.includes('trprompt_worker') && command.includes(folder)) found.push(Number(pid));
    }
    return found;
  }

  it('trains, reports every step, and puts a complete adapter into the store; the same start finds it, before and after a restart', async () => {
    const request = requestOf('good');
    await start(request);
    const training = await watch('good');
    expect(training).toMatchObject({
      state: TrainingState.TRAINING_STATE_SUCCEEDED,
      metrics: { examples: 24, skipped: 0, precision: 'fp32' },
      adapter: { kind: 'adapter' },
    });
    expect(training.losses.map(({ step }) => step)).toEqual([1, 2, 3, 4, 5, 6]);
    expect(training.losses.at(-1)?.loss).toBeLessThan(training.losses[0]?.loss ?? 0);
    const tree = await store().localPath(training.adapter as ArtefactRef);
    expect((await readdir(tree)).toSorted()).toEqual([
      'adapter.gguf',
      'adapter_config.json',
      'adapter_model.safetensors',
      'manifest.json',
      'metrics.json',
    ]);
    const config: unknown = JSON.parse(await readFile(join(tree, 'adapter_config.json'), 'utf8'));
    expect(config).toMatchObject({
      base_model_name_or_path: 'tiny',
      r: 4,
      lora_alpha: 8,
      inference_mode: true,
    });
    expect(await start(request)).toEqual(training);

    await service.stop();
    client.close();
    await startService();
    expect(await start(request)).toEqual(training);
    await expect(start(requestOf('good', { ...quick, rank: 8 }))).rejects.toMatchObject({
      code: status.ALREADY_EXISTS,
    });

    // A torn adapter is made again by the same start, and is the same.
    await truncate(join(tree, 'adapter_model.safetensors'), 1000);
    await start(request);
    const again = await watch('good');
    expect(again).toMatchObject({
      state: training.state,
      adapter: training.adapter,
      losses: training.losses,
    });
    expect(await store().localPath(again.adapter as ArtefactRef, 'folder')).toBe(tree);
    expect(await readdir(join(folder, 'artefacts', 'corrupt'))).toHaveLength(1);

    const next = { ...requestOf('next', { ...quick, seed: 1 }), initialAdapter: training.adapter };
    await start(next);
    const continued = await watch('next');
    expect(continued.state).toBe(TrainingState.TRAINING_STATE_SUCCEEDED);
    expect(continued.losses[0]?.loss).toBeLessThan(training.losses[0]?.loss ?? 0);
  });

  it('fails with reason and line number on a bad data set', async () => {
    const bad = await store().putFile(
      'dataset',
      Buffer.from('{"question":"q","reward":"r","prompt":"p"}\n{"question":"q"}\n'),
    );
    await start(requestOf('bad', quick, bad));
    expect(await watch('bad')).toMatchObject({
      state: TrainingState.TRAINING_STATE_FAILED,
      failure: { reason: 'BAD_DATA', message: 'line 2: has no reward', retryable: false },
    });
  });

  it('refuses a wrong request before anything is started', async () => {
    const wrong = requestOf('wrong', { ...quick, rank: 300 });
    await expect(start(wrong)).rejects.toMatchObject({ code: status.INVALID_ARGUMENT });
    await expect(start(requestOf('../up'))).rejects.toMatchObject({ code: status.INVALID_ARGUMENT });
    const missing = { digest: `sha256:${'0'.repeat(64)}`, kind: 'dataset' };
    await expect(start(requestOf('missing', quick, missing))).rejects.toMatchObject({
      code: status.NOT_FOUND,
    });
    await expect(client.unary(getTraining, { name: 'wrong' })).rejects.toMatchObject({
      code: status.NOT_FOUND,
    });
  });

  it('runs one training at a time, and stops one on request', async () => {
    await start(requestOf('long', endless));
    await expect(start(requestOf('second'))).rejects.toMatchObject({ code: status.RESOURCE_EXHAUSTED });
    await watch('long', hasStepped);
    const { training } = await client.unary(cancelTraining, { name: 'long' });
    expect(training?.state).toBe(TrainingState.TRAINING_STATE_CANCELLED);
    expect(await workers()).toEqual([]);
    expect((await client.unary(cancelTraining, { name: 'long' })).training).toEqual(training);
  });

  it('leaves no worker when it is killed, and goes on from the checkpoint when the training is started again', async () => {
    const request = requestOf('killed', endless);
    await start(request);
    const before = await watch('killed', hasStepped);
    expect(await workers()).toHaveLength(1);
    service.kill('SIGKILL');
    await service.exited;
    client.close();
    await expect.poll(workers, { timeout: 10_000 }).toEqual([]);

    await startService();
    const shown = (await client.unary(getTraining, { name: 'killed' })).training;
    expect(shown).toMatchObject({
      state: TrainingState.TRAINING_STATE_FAILED,
      failure: { reason: 'KILLED', retryable: true },
    });
    await start(request);
    const resumed = await watch('killed', ({ progress }) => progress?.stage === 'training');
    expect(resumed.progress?.step).toBeGreaterThanOrEqual(before.progress?.step ?? 0);
    expect(resumed.losses.slice(0, 2)).toEqual(before.losses.slice(0, 2));
    await client.unary(cancelTraining, { name: 'killed' });
    expect(await workers()).toEqual([]);
  });
}, 120_000);
