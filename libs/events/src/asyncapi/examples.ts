import { RunEvent } from '@trprompt/proto/events/v1/events';
import { eventKinds, type EventKind } from '../cloud-event.js';

type Payload = NonNullable<RunEvent['payload']>;
type PayloadOf<Kind extends EventKind> = Extract<Payload, { $case: Kind }>['value'];

const dataset = { digest: `sha256:${'3f'.repeat(32)}`, kind: 'dataset' };
const adapter = { digest: `sha256:${'47'.repeat(32)}`, kind: 'adapter' };

/** A payload of every kind, all of one run. */
const payloads: { [Kind in EventKind]: PayloadOf<Kind> } = {
  runCreated: { name: 'quickstart', configDigest: 'ab'.repeat(32), dataset },
  runStarted: { attempt: 1 },
  runEnded: { state: 'stopped', reason: 'limits.calls is 500 and 501 are spent' },
  phaseStarted: { iteration: 1, phase: 'rollout', total: 128 },
  phaseCompleted: { iteration: 1, phase: 'rollout', done: 128, givenUp: 1 },
  accuracyMeasured: {
    iteration: 1,
    step: 'train',
    split: 'validation',
    method: 'trprompt',
    correct: 17,
    total: 60,
    low: 0.185,
    high: 0.408,
    verdicts: { absolute: 15, rounded: 17 },
  },
  adapterTrained: { iteration: 1, adapter, firstLoss: 2.58, lastLoss: 0.41 },
  checkpointSelected: {
    iteration: 1,
    step: 'train',
    adapter,
    reward: 'The prompt was helpful.',
    correct: 17,
    total: 60,
  },
  search: {
    event: {
      $case: 'decision',
      value: { candidateId: 'c1', step: 1, correct: 24, total: 60, kept: true },
    },
  },
  itemGivenUp: {
    iteration: 1,
    phase: 'rollout',
    itemId: 'stories-17',
    reason: 'the endpoint answered 500 five times',
  },
  sampleRecorded: {
    iteration: 1,
    itemId: 'stories-4',
    question: 'Tom has 3 bags of 4 marbles. How many marbles has he?',
    prompt: 'Reply with only the final number.',
    answer: '12',
    reward: 'The prompt led to the right answer, without any words around it.',
    source: 'model',
    verdict: {
      correct: true,
      extracted: '12',
      method: 'last_number',
      reason: '12 equals 12',
      verdicts: {},
    },
  },
  testSplitOpened: {
    attempt: 1,
    checkpoint: `sha256:${'5c'.repeat(32)}`,
    hash: `sha256:${'e1'.repeat(32)}`,
    examples: 200,
  },
  testSplitRefused: {
    attempt: 1,
    checkpoint: `sha256:${'5c'.repeat(32)}`,
    reason: 'the loop has not ended: search of iteration 2 is not done',
  },
  rolloutSampled: {
    iteration: 2,
    strategy: 'rebalance',
    drawn: 128,
    unseen: 61,
    strata: {},
    wrongAsked: 0.5,
    wrongExpected: 0.42,
    wrong: 51,
    graded: 127,
  },
};

/** An event of each kind, as its coordinator would send it. */
export function exampleEvents(): Record<EventKind, RunEvent> {
  const events = eventKinds.map((kind, index): [EventKind, RunEvent] => {
    const sequence = index + 1;
    const event = {
      eventId: `quickstart-n7pw3w/${sequence}`,
      runId: 'quickstart-n7pw3w',
      sequence,
      time: new Date(Date.UTC(2026, 0, 2, 3, 4, sequence)).toISOString(),
      payload: { $case: kind, value: payloads[kind] } as Payload,
    };
    return [kind, RunEvent.fromPartial(event)];
  });
  return Object.fromEntries(events) as Record<EventKind, RunEvent>;
}
