import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createClient } from '@trprompt/grpc';
import {
  StartTrainingRequest,
  TrainerServiceService,
  TrainingState,
  type Training,
} from '@trprompt/proto/trainer/v1/trainer';
import { createFolderArtefactStore } from '@trprompt/store';
import { expect, it, onTestFinished } from 'vitest';
import { startListening } from '../support/process.js';
import { startScriptedWorker } from '../support/scripted-worker.js';

const service = fileURLToPath(new URL('../../services/trainer/dist/main.js', import.meta.url));

/** Trains through the real trainer service, which is killed once when the worker has done `killAtStep` steps. */
async function train(killAtStep: number): Promise<{ training: Training; resumedFrom: number[] }> {
  const folder = await mkdtemp(join(tmpdir(), 'trprompt-scripted-worker-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const reached = Promise.withResolvers<void>();
  const worker = await startScriptedWorker({
    script: async ({ at, step, resumedFrom }) => {
      if (at !== 'step' || step !== killAtStep || resumedFrom > 0) return;
      reached.resolve();
      await new Promise(() => undefined);
    },
  });
  onTestFinished(() => worker.close());
  const start = async () => {
    const trainer = await startListening(service, [], {
      TRPROMPT_EXIT_WITH_PARENT: '1',
      TRPROMPT_ARTEFACTS: join(folder, 'artefacts'),
      TRPROMPT_TRAINER_WORK: join(folder, 'work'),
      ...worker.environment,
    });
    const client = createClient(TrainerServiceService, trainer.announced['address'] ?? '');
    onTestFinished(() => (client.close(), trainer.stop()));
    return { trainer, client };
  };
  const data = Array.from({ length: 8 }, (_, at) =>
    JSON.stringify({ question: `q${at}`, reward: 'r', prompt: 'p' }),
  );
  const dataset = await createFolderArtefactStore(join(folder, 'artefacts')).putFile(
    'dataset',
    Buffer.from(`${data.join('\n')}\n`),
  );
  const hyperparameters = { batchSize: 1, epochs: 1, checkpointSteps: 2 };
  const request = StartTrainingRequest.fromPartial({ name: 'one', dataset, hyperparameters });
  let { trainer, client } = await start();
  await client.startTraining(request);
  if (killAtStep > 0) {
    await reached.promise;
    trainer.kill('SIGKILL');
    await trainer.exited;
    ({ client } = await start());
    await client.startTraining(request);
  }
  let last: Training | undefined;
  for await (const { training } of client.watchTraining({ name: 'one' })) last = training;
  if (!last) throw new Error('the watch yielded nothing');
  const resumedFrom = worker.moments.filter(({ at }) => at === 'loading').map((moment) => moment.resumedFrom);
  return { training: last, resumedFrom };
}

it('goes on from its checkpoint after a crash and makes the same adapter', async () => {
  const undisturbed = await train(0);
  expect(undisturbed.training.state).toBe(TrainingState.TRAINING_STATE_SUCCEEDED);
  expect(undisturbed.training.losses).toHaveLength(8);
  const disturbed = await train(5);
  expect(disturbed.resumedFrom).toEqual([0, 4]);
  expect(disturbed.training).toEqual(undisturbed.training);
}, 60_000);
