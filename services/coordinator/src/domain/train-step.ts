import { deriveSeed } from '@trprompt/core';
import { StepFailure } from './failures.js';
import type { StepKey, TrainingRecord } from './model.js';
import { patiently } from './patience.js';
import type { TrainingRequest, TrainingUpdate } from './ports.js';
import type { RunContext } from './run-context.js';
import { activateAdapter, beginStep, type LoopState } from './step-state.js';
import { exampleIdOf, trainingData } from './training-data.js';

/** Trainings that one attempt of a run starts before it gives up on a failure that may pass. */
const TRIES = 2;
/** At most this much of a training's time is not booked yet, as long as the trainer reports. */
const COST_INTERVAL_SECONDS = 10;
/** Timers of Node count to 2^31 - 1. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** Step 2 of an iteration (paper, section 3.2): supervised fine-tuning of the prompt model on log P(p | q, t). */
export async function trainStep(context: RunContext, step: StepKey, state: LoopState): Promise<void> {
  await beginStep(context, step, 0);
  context.progress.begin(step, 0);
  for (let tried = 1; ; tried += 1) {
    context.spending.checkTraining(() => `the training of iteration ${step.iteration}`);
    const training = await prepare(context, step);
    const update = await watch(context, step, state, training);
    if (update.state === 'succeeded' && update.adapter) {
      await succeed(context, step, state, training);
      return;
    }
    const failure = update.failure ?? { message: `the training ended as ${update.state}`, retryable: true };
    training.state = 'failed';
    training.failure = failure.message;
    await context.commit([{ kind: 'training', training }, context.spending.take(step)]);
    if (!failure.retryable || tried >= TRIES)
      throw new StepFailure(`training of iteration ${step.iteration} failed: ${failure.message}`);
  }
}

/**
 * The training to watch: the one that runs, or another try. Its name stays the same over all tries, so that the trainer goes on from its last
 * checkpoint.
 */
async function prepare(context: RunContext, step: StepKey): Promise<TrainingRecord> {
  const { run, store, services, splits } = context;
  const earlier = (await store.trainings(run.runId)).find((item) => item.iteration === step.iteration);
  if (earlier?.state === 'running') return earlier;
  const rollouts = await store.items(run.runId, { iteration: step.iteration, phase: 'rollout' });
  const questions = new Map(splits.train.map((example) => [example.id, example.question]));
  const byItem = new Map(
    rollouts.map(({ itemId }) => [
      itemId,
      questions.get(exampleIdOf(itemId, (id) => questions.has(id))) ?? '',
    ]),
  );
  const data = trainingData(rollouts, byItem, run.config.train.include);
  if (data.count === 0)
    throw new StepFailure(
      `training of iteration ${step.iteration}: none of ${rollouts.length} rollouts can be trained on ` +
        `(train.include is ${run.config.train.include}; given up, empty prompts and empty rewards are left out)`,
    );
  const dataset = await services.artefacts.putFile('dataset', Buffer.from(data.jsonl, 'utf8'));
  const attempt = (earlier?.attempt ?? 0) + 1;
  const training: TrainingRecord = {
    iteration: step.iteration,
    name: `${run.runId}-${step.iteration}`,
    state: 'running',
    attempt,
    dataset,
    leftOut: data.leftOut,
    adapter: undefined,
    losses: [],
    metrics: undefined,
    failure: '',
  };
  await context.commit([{ kind: 'training', training }]);
  return training;
}

async function watch(
  context: RunContext,
  step: StepKey,
  state: LoopState,
  training: TrainingRecord,
): Promise<TrainingUpdate> {
  const { run, services, progress, spending } = context;
  const request: TrainingRequest = {
    runId: run.runId,
    name: training.name,
    dataset: training.dataset,
    initialAdapter: run.config.train.continueFromPrevious ? state.policy.adapter : undefined,
    template: run.config.promptModel.template,
    seed: deriveSeed(run.config.seed, step.iteration, 'train'),
    config: run.config.train,
  };
  const follow = async (until: AbortSignal): Promise<TrainingUpdate> => {
    let last: TrainingUpdate | undefined;
    for await (const update of services.trainer.train(request, until)) {
      last = update;
      training.losses = update.losses;
      training.metrics = update.metrics;
      training.adapter = update.adapter;
      const loss = update.loss === undefined ? '' : `, loss ${update.loss.toFixed(3)}`;
      progress.set({ done: update.step, total: update.steps, detail: `${update.stage}${loss}` });
      // A training has few results to commit, and its time must not be forgotten by a crash.
      if (spending.untakenSeconds >= COST_INTERVAL_SECONDS) await context.commit([spending.take(step)]);
    }
    until.throwIfAborted();
    if (!last) throw new StepFailure(`training ${training.name}: the trainer reported nothing`);
    return last;
  };
  // A coordinator that stops leaves the training alone and finds it again; whoever ends a cancelled or stopped run ends its trainings.
  return untilLimit(context, step, (until) => patiently(() => follow(until), context.patience, until));
}

/** Aborts the work with LimitReached when the time or the money of the run is spent. */
async function untilLimit<T>(
  { spending, signal }: RunContext,
  step: StepKey,
  work: (until: AbortSignal) => Promise<T>,
): Promise<T> {
  const { limit, inMs } = spending.trainingEnd();
  const over = new AbortController();
  const before = `the end of the training of iteration ${step.iteration}, whose checkpoint is kept`;
  const stop = (): void => over.abort(spending.limitReached(limit, before));
  const timer = inMs < LONGEST_TIMER_MS ? setTimeout(stop, Math.ceil(inMs) + 1) : undefined;
  try {
    return await work(AbortSignal.any([signal, over.signal]));
  } finally {
    clearTimeout(timer);
  }
}

async function succeed(
  context: RunContext,
  step: StepKey,
  state: LoopState,
  training: TrainingRecord,
): Promise<void> {
  const { adapter, metrics } = training;
  if (!adapter) throw new StepFailure(`training ${training.name} succeeded without an adapter`);
  await activateAdapter(context, adapter);
  training.state = 'succeeded';
  state.policy = { ...state.policy, adapter };
  const done = metrics?.examples ?? 0;
  const skipped = (metrics?.skipped ?? 0) + training.leftOut;
  await context.commit(
    [
      { kind: 'training', training },
      { kind: 'counter', name: 'training_skipped', amount: skipped },
      { kind: 'step', step: { ...step, done, givenUp: 0, adapter } },
      context.spending.take(step),
    ],
    [
      {
        type: 'adapter_trained',
        iteration: step.iteration,
        adapter,
        firstLoss: metrics?.firstLoss ?? training.losses[0] ?? 0,
        lastLoss: metrics?.lastLoss ?? training.losses.at(-1) ?? 0,
      },
      { type: 'phase_completed', ...step, done, givenUp: 0 },
    ],
  );
}
