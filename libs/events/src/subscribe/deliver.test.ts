import { describe, expect, it } from 'vitest';
import { toMessage } from '../cloud-event.js';
import { eventOf } from '../testing/events.js';
import { DeadLetters } from './dead-letters.js';
import { deliver, type DeliveryParts, type ReceivedMessage } from './deliver.js';
import type { DeadLetter } from './options.js';
import { MemorySeenEvents, SeenEvents } from './seen-events.js';

class RecordingDeadLetters extends DeadLetters {
  readonly letters: DeadLetter[] = [];
  put(_: unknown, letter: DeadLetter): Promise<void> {
    this.letters.push(letter);
    return Promise.resolve();
  }
  close(): Promise<void> {
    return Promise.resolve();
  }
}

const received = (runId: string, sequence: number): ReceivedMessage => {
  const { topic, key, headers, value } = toMessage(eventOf(runId, sequence));
  return { topic, partition: 0, offset: '7', key: Buffer.from(key), headers, value: Buffer.from(value) };
};

/** Parts whose handler fails as often as told, and what happened. */
function parts(failures = 0, more: Partial<DeliveryParts> = {}) {
  const handled: string[] = [];
  const deadLetters = new RecordingDeadLetters();
  let left = failures;
  const made: DeliveryParts = {
    handle: (event, { attempt }) => {
      handled.push(`${event.eventId}#${attempt}`);
      if (left-- > 0) throw new Error('the disk is full');
    },
    seen: new MemorySeenEvents(),
    retry: { attempts: 3, initialDelayMs: 0, maxDelayMs: 0 },
    counts: { handled: 0, duplicates: 0, retried: 0, deadLettered: 0 },
    signal: new AbortController().signal,
    deadLetters,
    ...more,
  };
  return { ...made, handled, letters: deadLetters.letters };
}

describe('the delivery of a message', () => {
  it('happens once for an event that comes twice', async () => {
    const all = parts();
    await deliver(received('a', 1), all);
    await deliver(received('a', 1), all);
    expect(all.handled).toEqual(['a/1#1']);
    expect(all.counts).toEqual({ handled: 1, duplicates: 1, retried: 0, deadLettered: 0 });
  });

  it('is tried again after a failure', async () => {
    const all = parts(2);
    await deliver(received('a', 1), all);
    expect(all.handled).toEqual(['a/1#1', 'a/1#2', 'a/1#3']);
    expect(all.counts).toEqual({ handled: 1, duplicates: 0, retried: 2, deadLettered: 0 });
  });

  it('ends among the dead letters when every attempt fails, once', async () => {
    const told: DeadLetter[] = [];
    const all = parts(9, { onDeadLetter: (letter) => void told.push(letter) });
    await deliver(received('a', 1), all);
    await deliver(received('a', 1), all);
    const letter = {
      ...{ topic: 'trprompt.runs.v1', partition: 0, offset: '7' },
      ...{ attempts: 3, reason: 'the disk is full' },
    };
    expect(all.letters).toEqual([letter]);
    expect(told).toEqual([letter]);
    expect(all.counts).toEqual({ handled: 0, duplicates: 1, retried: 2, deadLettered: 1 });
  });

  it.each([
    ['a header that is wrong', { headers: { ce_type: 'other' } }, /^header ce_specversion is ""/],
    ['bytes that are wrong', { value: Buffer.from([255, 255]) }, /^the value is no RunEvent/],
    ['no value', { value: null }, /^the message has no value/],
  ])('puts a message with %s aside without asking the handler', async (_, wrong, reason) => {
    const all = parts();
    await deliver({ ...received('a', 1), ...wrong }, all);
    expect(all.handled).toEqual([]);
    expect(all.letters).toEqual([expect.objectContaining({ attempts: 0 })]);
    expect(all.letters[0]?.reason).toMatch(reason);
  });

  it('skips other runs, whatever their messages hold', async () => {
    const all = parts(0, { runId: 'a' });
    await deliver(received('a', 1), all);
    await deliver({ ...received('b', 1), value: null }, all);
    expect(all.handled).toEqual(['a/1#1']);
    expect(all.letters).toEqual([]);
  });

  it('is left undone when the subscription ends during a pause', async () => {
    const end = new AbortController();
    const all = parts(9, {
      retry: { attempts: 3, initialDelayMs: 1e6, maxDelayMs: 1e6 },
      signal: end.signal,
    });
    const delivered = deliver(received('a', 1), all);
    end.abort();
    await expect(delivered).rejects.toThrow(/aborted/);
    expect(await all.seen.has('a/1')).toBe(false);
    expect(all.letters).toEqual([]);
  });

  it('fails when what was handled cannot be remembered', async () => {
    class FullSeen extends SeenEvents {
      has(): Promise<boolean> {
        return Promise.resolve(false);
      }
      add(): Promise<void> {
        return Promise.reject(new Error('no space left'));
      }
    }
    await expect(deliver(received('a', 1), parts(0, { seen: new FullSeen() }))).rejects.toThrow(
      'no space left',
    );
  });
});
