import { RunEvent } from '@trprompt/proto/events/v1/events';
import { describe, expect, it } from 'vitest';
import { EventFormatError, fromMessage, toMessage, toStructured } from './index.js';

const event = RunEvent.fromPartial({
  eventId: 'quickstart-abc/3',
  runId: 'quickstart-abc',
  sequence: 3,
  time: '2026-01-02T03:04:05.678Z',
  payload: { $case: 'phaseStarted', value: { iteration: 1, phase: 'rollout', total: 96 } },
});

describe('the CloudEvents codec', () => {
  it('writes the attributes into headers and the event into the value', () => {
    const message = toMessage(event);
    expect(message).toMatchObject({
      topic: 'trprompt.runs.v1',
      key: 'quickstart-abc',
      headers: {
        ce_specversion: '1.0',
        ce_id: 'quickstart-abc/3',
        ce_type: 'trprompt.events.v1.RunEvent',
        ce_time: '2026-01-02T03:04:05.678Z',
        'content-type': 'application/protobuf',
      },
    });
    expect(fromMessage(message)).toEqual(event);
  });

  it('gives search events a topic of their own', () => {
    const search = RunEvent.fromPartial({
      ...event,
      payload: {
        $case: 'search',
        value: { event: { $case: 'decision', value: { candidateId: 'c1', kept: true } } },
      },
    });
    expect(toMessage(search).topic).toBe('trprompt.search.v1');
  });

  it('gives triples a topic of their own', () => {
    const payload = { $case: 'sampleRecorded', value: { itemId: 'q1', question: 'How many?' } } as const;
    expect(toMessage(RunEvent.fromPartial({ ...event, payload })).topic).toBe('trprompt.samples.v1');
  });

  it('writes the structured mode as JSON with the same attributes', () => {
    expect(JSON.parse(JSON.stringify(toStructured(event)))).toEqual({
      specversion: '1.0',
      id: 'quickstart-abc/3',
      source: '/trprompt/coordinator',
      type: 'trprompt.events.v1.RunEvent',
      subject: 'phaseStarted',
      partitionkey: 'quickstart-abc',
      time: '2026-01-02T03:04:05.678Z',
      datacontenttype: 'application/json',
      data: {
        eventId: 'quickstart-abc/3',
        runId: 'quickstart-abc',
        sequence: 3,
        time: '2026-01-02T03:04:05.678Z',
        phaseStarted: { iteration: 1, phase: 'rollout', total: 96 },
      },
    });
  });

  it('refuses an event without a payload', () => {
    expect(() => toMessage({ ...event, payload: undefined })).toThrow(EventFormatError);
  });

  it.each([
    ['ce_type', 'other.Message'],
    ['ce_specversion', '0.3'],
    ['content-type', 'application/json'],
    ['ce_id', 'quickstart-abc/4'],
  ])('refuses a message whose %s is %s', (header, value) => {
    const message = toMessage(event);
    expect(() => fromMessage({ ...message, headers: { ...message.headers, [header]: value } })).toThrow(
      header,
    );
  });

  it('refuses a value that is no RunEvent', () => {
    const message = toMessage(event);
    expect(() => fromMessage({ ...message, value: new Uint8Array([255, 255, 255]) })).toThrow(/no RunEvent/);
  });
});
