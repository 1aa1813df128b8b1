import { status } from '@grpc/grpc-js';
import { RpcError, type Client } from '@trprompt/grpc';
import {
  StartTrainingRequest,
  type Hyperparameters,
  TrainingState,
  type Training,
  type TrainerServiceService,
} from '@trprompt/proto/trainer/v1/trainer';
import { Trainer, type TrainingRequest, type TrainingUpdate } from '../../domain/ports.js';
import { serviceFailure } from './rpc-failure.js';

/** A training is watched for as long as it takes; the stream is opened again after this many milliseconds. */
const WATCH_DEADLINE_MS = 6 * 60 * 60_000;
/** Data set and adapter are brought and verified before a training starts; a start whose caller has gone launches nothing. */
const START_DEADLINE_MS = 10 * 60_000;
const CANCEL_DEADLINE_MS = 5 * 60_000;

const states: Record<TrainingState, TrainingUpdate['state']> = {
  [TrainingState.UNRECOGNIZED]: 'pending',
  [TrainingState.TRAINING_STATE_UNSPECIFIED]: 'pending',
  [TrainingState.TRAINING_STATE_PENDING]: 'pending',
  [TrainingState.TRAINING_STATE_RUNNING]: 'running',
  [TrainingState.TRAINING_STATE_SUCCEEDED]: 'succeeded',
  [TrainingState.TRAINING_STATE_FAILED]: 'failed',
  [TrainingState.TRAINING_STATE_CANCELLED]: 'cancelled',
};

/** The trainer behind its gRPC service. */
export class GrpcTrainer extends Trainer {
  constructor(private readonly client: Client<typeof TrainerServiceService>) {
    super();
  }

  async *train(request: TrainingRequest, signal: AbortSignal): AsyncIterable<TrainingUpdate> {
    const { runId, name, dataset, initialAdapter, template, seed, config } = request;
    const options = { runId, signal };
    try {
      const started = StartTrainingRequest.fromPartial({
        name,
        dataset,
        initialAdapter,
        template,
        hyperparameters: hyperparametersOf(config, seed),
      });
      await this.client.startTraining(started, { ...options, deadlineMs: START_DEADLINE_MS });
      const watching = this.client.watchTraining({ name }, { ...options, deadlineMs: WATCH_DEADLINE_MS });
      for await (const { training } of watching) if (training) yield toUpdate(training);
    } catch (error) {
      signal.throwIfAborted();
      throw serviceFailure(error);
    }
  }

  async cancel(name: string): Promise<void> {
    try {
      await this.client.cancelTraining({ name }, { deadlineMs: CANCEL_DEADLINE_MS });
    } catch (error) {
      if (error instanceof RpcError && error.code === status.NOT_FOUND) return;
      throw serviceFailure(error);
    }
  }
}

/** What shapes the result; the other settings of `train` are the coordinator's. */
function hyperparametersOf(config: TrainingRequest['config'], seed: number): Partial<Hyperparameters> {
  return { ...config, seed };
}

function toUpdate(training: Training): TrainingUpdate {
  const { state, progress, adapter, failure, losses, metrics } = training;
  return {
    state: states[state],
    stage: progress?.stage ?? 'waiting',
    step: progress?.step ?? 0,
    steps: progress?.steps ?? 0,
    loss: losses.at(-1)?.loss ?? (progress?.step ? progress.loss : undefined),
    losses: losses.map((point) => point.loss),
    adapter,
    metrics,
    failure: failure && { message: `${failure.reason}: ${failure.message}`, retryable: failure.retryable },
  };
}
