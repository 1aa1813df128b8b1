import { EventPublisher, type EventMessage } from '@trprompt/events';
import { describe, expect, it } from 'vitest';
import { Outbox, type OutboxEntry } from '../domain/outbox.js';
import { encodeEvent } from './event-codec.js';
import { EventRelay } from './event-relay.js';

const entry = (sequence: number): OutboxEntry => ({
  runId: 'run',
  sequence,
  event: encodeEvent({
    eventId: `run/${sequence}`,
    runId: 'run',
    sequence,
    time: '2026-01-02T03:04:05.000Z',
    payload: { type: 'run_started', attempt: sequence },
  }),
});

class MemoryOutbox extends Outbox {
  entries: OutboxEntry[] = [];

  unpublished(limit: number): Promise<OutboxEntry[]> {
    return Promise.resolve(this.entries.slice(0, limit));
  }

  markPublished(entries: readonly OutboxEntry[]): Promise<void> {
    this.entries = this.entries.filter((item) => !entries.includes(item));
    return Promise.resolve();
  }
}

class RecordingPublisher extends EventPublisher {
  readonly ids: (string | undefined)[] = [];
  failures = 0;
  closed = false;
  preparations = 0;
  unready = 0;

  override prepare(): Promise<void> {
    this.preparations += 1;
    return this.unready-- > 0 ? Promise.reject(new Error('broker away')) : Promise.resolve();
  }

  publish(messages: readonly EventMessage[]): Promise<void> {
    this.ids.push(...messages.map(({ headers }) => headers['ce_id']));
    return this.failures-- > 0 ? Promise.reject(new Error('broker away')) : Promise.resolve();
  }

  close(): Promise<void> {
    this.closed = true;
    return Promise.resolve();
  }
}

describe('the event relay', () => {
  it('gets its publisher ready although there is no event yet, again after a failure', async () => {
    const publisher = new RecordingPublisher();
    publisher.unready = 1;
    const errors: unknown[] = [];
    const relay = new EventRelay(new MemoryOutbox(), publisher, (error) => errors.push(error), 1);
    relay.lead(true);
    await expect.poll(() => publisher.preparations).toBe(2);
    await relay.stop();
    expect(errors).toHaveLength(1);
    expect(publisher.ids).toEqual([]);
  });

  it('publishes what is left over and what comes, in order, and closes its publisher', async () => {
    const outbox = new MemoryOutbox();
    const publisher = new RecordingPublisher();
    outbox.entries = [entry(1), entry(2)];
    const relay = new EventRelay(outbox, publisher, () => undefined);
    relay.lead(true);
    await expect.poll(() => outbox.entries).toEqual([]);
    outbox.entries = [entry(3)];
    relay.notify();
    await expect.poll(() => outbox.entries).toEqual([]);
    await relay.stop();
    expect(publisher.ids).toEqual(['run/1', 'run/2', 'run/3']);
    expect(publisher.closed).toBe(true);
  });

  it('publishes again what a failed send may not have stored, and marks nothing before', async () => {
    const outbox = new MemoryOutbox();
    const publisher = new RecordingPublisher();
    publisher.failures = 2;
    outbox.entries = [entry(1)];
    const errors: unknown[] = [];
    const relay = new EventRelay(outbox, publisher, (error) => errors.push(error), 1);
    relay.lead(true);
    await expect.poll(() => outbox.entries).toEqual([]);
    await relay.stop();
    expect(publisher.ids).toEqual(['run/1', 'run/1', 'run/1']);
    expect(errors).toHaveLength(2);
  });
});
