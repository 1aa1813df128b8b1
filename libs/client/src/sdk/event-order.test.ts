import { RunEvent } from '@trprompt/proto/events/v1/events';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { EventOrder } from './event-order.js';

const event = (sequence: number, runId = 'run'): RunEvent => RunEvent.fromPartial({ runId, sequence });

let given: string[];
const give = ({ runId, sequence }: RunEvent): void => void given.push(`${runId}/${sequence}`);

beforeEach(() => {
  given = [];
  vi.useFakeTimers();
});
afterEach(() => vi.useRealTimers());

describe('events of several topics', () => {
  it('are given in the order of their sequence', () => {
    const order = new EventOrder(give, 1000, 1);
    for (const sequence of [1, 3, 4, 2, 5]) order.push(event(sequence));
    expect(given).toEqual(['run/1', 'run/2', 'run/3', 'run/4', 'run/5']);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('of other runs do not wait for each other', () => {
    const order = new EventOrder(give, 1000, 1);
    order.push(event(2, 'a'));
    order.push(event(1, 'b'));
    expect(given).toEqual(['b/1']);
  });

  it('wait for one that is missing, when all is read no longer than they have patience; when it comes after all it is given late, not lost', () => {
    const order = new EventOrder(give, 1000, 1);
    for (const sequence of [1, 4]) order.push(event(sequence));
    vi.advanceTimersByTime(5000);
    order.caughtUp();
    order.push(event(3));
    vi.advanceTimersByTime(999);
    expect(given).toEqual(['run/1']);
    vi.advanceTimersByTime(1);
    expect(given).toEqual(['run/1', 'run/3', 'run/4']);
    order.push(event(2));
    order.push(event(5));
    expect(given).toEqual(['run/1', 'run/3', 'run/4', 'run/2', 'run/5']);
  });

  it('begin with the lowest of the first ones when the beginning is not known', () => {
    const order = new EventOrder(give, 1000);
    order.caughtUp();
    for (const sequence of [21, 20]) order.push(event(sequence));
    expect(given).toEqual([]);
    vi.advanceTimersByTime(1000);
    order.push(event(22));
    expect(given).toEqual(['run/20', 'run/21', 'run/22']);
  });

  it('that are held are given at the end', () => {
    const order = new EventOrder(give, 1000, 1);
    order.push(event(2));
    order.flush();
    expect(given).toEqual(['run/2']);
    expect(vi.getTimerCount()).toBe(0);
  });
});
