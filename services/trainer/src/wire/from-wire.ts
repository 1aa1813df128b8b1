import { loraTargets } from '@trprompt/core';
import type {
  Hyperparameters as WireHyperparameters,
  StartTrainingRequest,
} from '@trprompt/proto/trainer/v1/trainer';
import { invalidArgument } from '@trprompt/service';
import type { ArtefactRef } from '@trprompt/store';
import type { Hyperparameters, TrainingRequest } from '../domain/training.js';

/** Checks a request and fills in the defaults. @throws StatusError INVALID_ARGUMENT */
export function trainingRequest(request: StartTrainingRequest): TrainingRequest {
  return {
    name: checkName(request.name),
    dataset: artefact('dataset', request.dataset, 'give the data set to train on'),
    initialAdapter: request.initialAdapter && artefact('initial_adapter', request.initialAdapter, ''),
    template: request.template || 'prompt-model/v1',
    hyperparameters: hyperparameters(request.hyperparameters),
  };
}

/** Also keeps names from leaving the work folder. @throws StatusError INVALID_ARGUMENT */
export function checkName(name: string): string {
  if (!/^[a-z0-9-]{1,63}$/.test(name)) throw invalidArgument('name', name, 'use 1 to 63 of a-z, 0-9 and "-"');
  return name;
}

function artefact(field: string, ref: ArtefactRef | undefined, fix: string): ArtefactRef {
  if (!ref) throw invalidArgument(field, ref, fix);
  if (!/^sha256:[0-9a-f]{64}$/.test(ref.digest)) {
    throw invalidArgument(`${field}.digest`, ref.digest, 'give "sha256:" and 64 hexadecimal digits');
  }
  return { digest: ref.digest, kind: ref.kind };
}

function hyperparameters(given: WireHyperparameters | undefined): Hyperparameters {
  const number = (
    field: keyof WireHyperparameters,
    fallback: number,
    holds: (value: number) => boolean,
    range: string,
  ) => {
    const value = (given?.[field] as number | undefined) || fallback;
    if (!Number.isFinite(value) || !holds(value))
      throw invalidArgument(`hyperparameters.${field}`, value, `give ${range}`);
    return value;
  };
  const choice = <T extends string>(field: 'tooLong' | 'precision', allowed: readonly [T, ...T[]]): T => {
    const value = given?.[field] || allowed[0];
    const found = allowed.find((each) => each === value);
    if (found === undefined)
      throw invalidArgument(`hyperparameters.${field}`, value, `give one of ${allowed.join(', ')}`);
    return found;
  };
  const within = (least: number, most: number) => (value: number) => value >= least && value <= most;
  const positive = (value: number) => value > 0;
  const known: readonly string[] = loraTargets;
  const targets = given?.targets.length ? given.targets : [...known];
  const unknown = targets.find((target) => !known.includes(target));
  if (unknown !== undefined || new Set(targets).size !== targets.length) {
    throw invalidArgument(
      'hyperparameters.targets',
      targets,
      `name some of ${loraTargets.join(', ')}, each once`,
    );
  }
  return {
    rank: number('rank', 16, within(1, 256), '1 to 256'),
    alpha: number('alpha', 32, positive, 'a number above 0'),
    dropout: number('dropout', 0, (value) => value >= 0 && value < 1, '0 to below 1'),
    targets,
    learningRate: number('learningRate', 2e-5, positive, 'a number above 0'),
    warmup: number('warmup', 0, within(0, 1), '0 to 1'),
    epochs: number('epochs', 2, within(1, 100), '1 to 100'),
    batchSize: number('batchSize', 8, within(1, 512), '1 to 512'),
    gradientAccumulation: number('gradientAccumulation', 1, within(1, 1024), '1 to 1024'),
    gradientCheckpointing: given?.gradientCheckpointing ?? false,
    maxLength: number('maxLength', 512, within(16, 131_072), '16 to 131072'),
    tooLong: choice('tooLong', ['error', 'skip']),
    precision: choice('precision', ['auto', 'fp32', 'bf16']),
    seed: number('seed', 0, within(0, 2 ** 31 - 1), '0 to 2147483647'),
    maxGradNorm: number('maxGradNorm', 1, positive, 'a number above 0'),
    checkpointSteps: number('checkpointSteps', 50, within(1, 2 ** 31 - 1), 'at least 1'),
  };
}
