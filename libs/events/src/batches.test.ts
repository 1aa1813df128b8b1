import { describe, expect, it } from 'vitest';
import { batchesOf } from './batches.js';
import type { EventMessage } from './cloud-event.js';

const message = (topic: string, id: number, bytes: number): EventMessage => ({
  topic,
  key: 'run',
  headers: { ce_id: String(id) },
  value: new Uint8Array(bytes),
});

const shape = (messages: EventMessage[]): string[] =>
  batchesOf(messages).map(
    ({ topic, messages: batch }) =>
      `${topic} ${batch.map(({ headers }) => String(headers?.['ce_id'])).join(',')}`,
  );

describe('the sends of a publisher', () => {
  it('are topic by topic, in order', () => {
    expect(shape([message('a', 1, 10), message('b', 2, 10), message('a', 3, 10)])).toEqual(['a 1,3', 'b 2']);
  });

  it('are each small enough for a broker', () => {
    const many = [1, 2, 3, 4, 5].map((id) => message('a', id, 200_000));
    expect(shape(many)).toEqual(['a 1,2', 'a 3,4', 'a 5']);
  });

  it('have a message that is too large by itself in one of its own', () => {
    expect(shape([message('a', 1, 10), message('a', 2, 2_000_000), message('a', 3, 10)])).toEqual([
      'a 1',
      'a 2',
      'a 3',
    ]);
  });
});
