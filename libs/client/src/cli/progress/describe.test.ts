import { RunEvent } from '@trprompt/proto/events/v1/events';
import { describe, expect, it } from 'vitest';
import { createColors } from '../output/colors.js';
import { EventDescriber } from './describe.js';

const lineOf = (payload: NonNullable<RunEvent['payload']>): string | undefined =>
  new EventDescriber(createColors(false)).describe(RunEvent.fromPartial({ payload }));

const sampled = {
  iteration: 2,
  strategy: 'rebalance',
  drawn: 128,
  unseen: 61,
  strata: {},
  wrongAsked: 0.5,
  wrongExpected: 0.42,
  wrong: 51,
  graded: 127,
};

describe('the line of an event', () => {
  it('tells the share of wrong answers of a rollout that asked for one', () => {
    expect(lineOf({ $case: 'rolloutSampled', value: sampled })).toBe(
      '  51 of 127 answers wrong (40.2 %); 50.0 % asked for, 42.0 % expected of the questions drawn',
    );
    const uniform = { ...sampled, strategy: 'uniform', wrongAsked: 0, wrongExpected: 0 };
    expect(lineOf({ $case: 'rolloutSampled', value: uniform })).toBeUndefined();
  });

  it('tells when the test split was opened, and when it was not', () => {
    const read = { attempt: 1, checkpoint: `sha256:${'5'.repeat(64)}` };
    const hash = `sha256:${'e'.repeat(64)}`;
    expect(lineOf({ $case: 'testSplitOpened', value: { ...read, hash, examples: 1319 } })).toBe(
      '  test split opened: 1,319 questions eeeeeeeeeeee',
    );
    expect(lineOf({ $case: 'testSplitRefused', value: { ...read, reason: 'the loop has not ended' } })).toBe(
      '  the test split stays sealed: the loop has not ended',
    );
  });
});
