import { CheckpointSelected, RunEvent as WireRunEvent } from '@trprompt/proto/events/v1/events';
import type {
  Accuracy,
  ArtefactRef,
  Checkpoint,
  ItemRecord,
  Phase,
  RolloutSampling,
} from '../../domain/model.js';
import type { EventPayload, RunEvent } from '../../domain/run-event.js';
import { toVerdict, toWireVerdict } from './common.js';
import { fromWireSearch, toWireSearch } from './search-wire.js';

type WirePayload = NonNullable<WireRunEvent['payload']>;

export function toWireCheckpoint({
  iteration,
  step,
  adapter,
  reward,
  correct,
  total,
}: Checkpoint): CheckpointSelected {
  return { iteration, step, adapter, reward, correct, total };
}

export function toWireEvent({ eventId, runId, sequence, time, payload }: RunEvent): WireRunEvent {
  return { eventId, runId, sequence, time, payload: toWirePayload(payload) };
}

function toWirePayload(payload: EventPayload): WirePayload {
  switch (payload.type) {
    case 'run_created':
      return { $case: 'runCreated', value: payload };
    case 'run_started':
      return { $case: 'runStarted', value: payload };
    case 'run_ended':
      return { $case: 'runEnded', value: payload };
    case 'phase_started':
      return { $case: 'phaseStarted', value: payload };
    case 'phase_completed':
      return { $case: 'phaseCompleted', value: payload };
    case 'accuracy_measured':
      return { $case: 'accuracyMeasured', value: payload.accuracy };
    case 'adapter_trained':
      return { $case: 'adapterTrained', value: payload };
    case 'checkpoint_selected':
      return { $case: 'checkpointSelected', value: toWireCheckpoint(payload.checkpoint) };
    case 'test_split_opened':
      return { $case: 'testSplitOpened', value: payload };
    case 'test_split_refused':
      return { $case: 'testSplitRefused', value: payload };
    case 'rollout_sampled':
      return { $case: 'rolloutSampled', value: payload };
    case 'search':
      return { $case: 'search', value: toWireSearch(payload.message) };
    case 'item_given_up':
      return { $case: 'itemGivenUp', value: payload };
    case 'sample_recorded':
      return { $case: 'sampleRecorded', value: { ...payload, verdict: toWireVerdict(payload.verdict) } };
  }
}

/** Throws when the payload is of a kind that this version does not know. */
export function fromWireEvent({ eventId, runId, sequence, time, payload }: WireRunEvent): RunEvent {
  const known = payload && fromWirePayload(payload);
  if (!known)
    throw new Error(
      `event ${eventId} has a payload that this version does not know; use the version that wrote it`,
    );
  return { eventId, runId, sequence, time: time ?? '', payload: known };
}

function fromWirePayload(payload: WirePayload): EventPayload | undefined {
  switch (payload.$case) {
    case 'runCreated':
      return { type: 'run_created', ...payload.value, dataset: payload.value.dataset ?? noArtefact };
    case 'runStarted':
      return { type: 'run_started', ...payload.value };
    case 'runEnded':
      return { type: 'run_ended', ...payload.value };
    case 'phaseStarted':
      return { type: 'phase_started', ...payload.value, phase: payload.value.phase as Phase };
    case 'phaseCompleted':
      return { type: 'phase_completed', ...payload.value, phase: payload.value.phase as Phase };
    case 'accuracyMeasured':
      return { type: 'accuracy_measured', accuracy: payload.value as Accuracy };
    case 'adapterTrained':
      return { type: 'adapter_trained', ...payload.value, adapter: payload.value.adapter ?? noArtefact };
    case 'checkpointSelected':
      return {
        type: 'checkpoint_selected',
        checkpoint: { ...payload.value, adapter: payload.value.adapter } as Checkpoint,
      };
    case 'testSplitOpened':
      return { type: 'test_split_opened', ...payload.value };
    case 'testSplitRefused':
      return { type: 'test_split_refused', ...payload.value };
    case 'rolloutSampled':
      return {
        type: 'rollout_sampled',
        ...payload.value,
        strategy: payload.value.strategy as RolloutSampling['strategy'],
      };
    case 'search': {
      const message = fromWireSearch(payload.value);
      return message && { type: 'search', message };
    }
    case 'itemGivenUp':
      return { type: 'item_given_up', ...payload.value, phase: payload.value.phase as Phase };
    case 'sampleRecorded': {
      const { source, verdict } = payload.value;
      return {
        type: 'sample_recorded',
        ...payload.value,
        source: source as ItemRecord['promptSource'],
        verdict: toVerdict(verdict),
      };
    }
  }
}

const noArtefact: ArtefactRef = { digest: '', kind: '' };
