import { RunEvent } from '@trprompt/proto/events/v1/events';

/** The event of this sequence number in a run. */
export const eventOf = (runId: string, sequence: number): RunEvent =>
  RunEvent.fromPartial({
    eventId: `${runId}/${sequence}`,
    runId,
    sequence,
    time: '2026-01-02T03:04:05.678Z',
    payload: { $case: 'phaseStarted', value: { iteration: 1, phase: 'rollout', total: sequence } },
  });

/** Whole numbers from 1. */
export const upTo = (count: number): number[] => Array.from({ length: count }, (_, index) => index + 1);
