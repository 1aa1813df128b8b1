import {
  type DeepPartial,
  type Progress,
  WatchRunResponse,
} from '@trprompt/proto/coordinator/v1/coordinator';
import { RunEvent } from '@trprompt/proto/events/v1/events';

/** An event of a run, one second after the one before. */
export function event(sequence: number, payload: NonNullable<RunEvent['payload']>): WatchRunResponse {
  return WatchRunResponse.fromPartial({
    update: {
      $case: 'event',
      value: RunEvent.fromPartial({
        eventId: `new-123abc/${sequence}`,
        runId: 'new-123abc',
        sequence,
        time: new Date(Date.UTC(2026, 4, 4, 10, 0, sequence)).toISOString(),
        payload,
      }),
    },
  });
}

/** Transient progress. */
export function progress(value: DeepPartial<Progress>): WatchRunResponse {
  return WatchRunResponse.fromPartial({ update: { $case: 'progress', value } });
}

/** A short run from its start to its end, with something of everything. */
export function wholeRun(): WatchRunResponse[] {
  return [
    event(1, { $case: 'runStarted', value: { attempt: 1 } }),
    event(2, { $case: 'phaseStarted', value: { iteration: 1, phase: 'rollout', total: 4 } }),
    progress({
      iteration: 1,
      phase: 'rollout',
      done: 2,
      total: 4,
      correct: 1,
      graded: 2,
      rate: 2,
      etaSeconds: 1,
    }),
    event(3, {
      $case: 'itemGivenUp',
      value: { iteration: 1, phase: 'rollout', itemId: 'q4', reason: 'no answer' },
    }),
    event(4, { $case: 'phaseCompleted', value: { iteration: 1, phase: 'rollout', done: 3, givenUp: 1 } }),
    event(5, {
      $case: 'accuracyMeasured',
      value: {
        iteration: 1,
        step: 'train',
        split: 'validation',
        method: 'trprompt',
        correct: 14,
        total: 45,
        low: 0.195,
        high: 0.457,
        verdicts: {},
      },
    }),
    event(6, {
      $case: 'checkpointSelected',
      value: { iteration: 1, step: 'train', adapter: undefined, reward: 'good', correct: 14, total: 45 },
    }),
    event(7, {
      $case: 'search',
      value: {
        event: {
          $case: 'decision',
          value: { candidateId: 'c1', step: 1, correct: 12, total: 45, kept: false },
        },
      },
    }),
    event(8, { $case: 'runEnded', value: { state: 'succeeded', reason: '' } }),
  ];
}
