import { describe, expect, it, vi } from 'vitest';
import { MicroBatcher } from './micro-batcher.js';

interface Item {
  id: string;
}
interface Result {
  id: string;
  batch: number;
}

/** A batch RPC whose results the test releases one by one. */
function scripted() {
  const batches: {
    items: Item[];
    signal: AbortSignal;
    emit: (id: string) => void;
    end: (error?: Error) => void;
  }[] = [];
  const send = (items: Item[], signal: AbortSignal): AsyncIterable<Result> => {
    const queue: (Result | { error?: Error })[] = [];
    let wake: () => void = () => {};
    const push = (entry: Result | { error?: Error }): void => {
      queue.push(entry);
      wake();
    };
    const batch = batches.length;
    batches.push({ items, signal, emit: (id) => push({ id, batch }), end: (error) => push({ error }) });
    signal.addEventListener('abort', () => push({ error: signal.reason as Error }));
    return (async function* () {
      for (;;) {
        const entry = queue.shift();
        if (!entry) await new Promise<void>((resolve) => (wake = resolve));
        else if ('id' in entry) yield entry;
        else if (entry.error) throw entry.error;
        else return;
      }
    })();
  };
  return { batches, send };
}

function batcher(
  send: (items: Item[], signal: AbortSignal) => AsyncIterable<Result>,
  maxItems = 2,
  maxDelayMs = 0,
) {
  return new MicroBatcher<Item, Result>({
    maxItems,
    maxDelayMs,
    send,
    key: (item) => item.id,
    resultKey: (result) => result.id,
  });
}

describe('a micro-batcher', () => {
  it('sends a batch as soon as it is full and settles each call on its own result, in any order', async () => {
    const { batches, send } = scripted();
    const subject = batcher(send);
    const a = subject.call({ id: 'a' });
    expect(batches).toHaveLength(0);
    const b = subject.call({ id: 'b' });
    expect(batches[0]?.items).toEqual([{ id: 'a' }, { id: 'b' }]);
    batches[0]?.emit('b');
    await expect(b).resolves.toEqual({ id: 'b', batch: 0 });
    batches[0]?.emit('a');
    await expect(a).resolves.toEqual({ id: 'a', batch: 0 });
  });

  it('sends an unfilled batch when the gathering window ends', async () => {
    vi.useFakeTimers();
    try {
      const { batches, send } = scripted();
      const subject = batcher(send, 100, 5);
      const call = subject.call({ id: 'a' });
      vi.advanceTimersByTime(4);
      expect(batches).toHaveLength(0);
      vi.advanceTimersByTime(1);
      expect(batches).toHaveLength(1);
      batches[0]?.emit('a');
      await expect(call).resolves.toEqual({ id: 'a', batch: 0 });
    } finally {
      vi.useRealTimers();
    }
  });

  it('puts items with the same id into different batches', async () => {
    const { batches, send } = scripted();
    const subject = batcher(send, 10, 0);
    const first = subject.call({ id: 'a' });
    const second = subject.call({ id: 'a' });
    await vi.waitFor(() => expect(batches).toHaveLength(2));
    batches[1]?.emit('a');
    batches[0]?.emit('a');
    await expect(first).resolves.toEqual({ id: 'a', batch: 0 });
    await expect(second).resolves.toEqual({ id: 'a', batch: 1 });
  });

  it('rejects every call without a result when the RPC fails, and only those', async () => {
    const { batches, send } = scripted();
    const subject = batcher(send);
    const a = subject.call({ id: 'a' });
    const b = subject.call({ id: 'b' });
    batches[0]?.emit('a');
    await a;
    batches[0]?.end(new Error('UNAVAILABLE'));
    await expect(b).rejects.toThrow('UNAVAILABLE');
  });

  it('rejects a call whose batch ends without its result', async () => {
    const { batches, send } = scripted();
    const call = batcher(send, 1).call({ id: 'a' });
    batches[0]?.end();
    await expect(call).rejects.toThrow('without a result for item "a"');
  });

  it('rejects an aborted call at once and aborts the RPC when nobody waits for it any more', async () => {
    const { batches, send } = scripted();
    const subject = batcher(send);
    const one = new AbortController();
    const two = new AbortController();
    const a = subject.call({ id: 'a' }, { signal: one.signal });
    const b = subject.call({ id: 'b' }, { signal: two.signal });
    one.abort(new Error('first gone'));
    await expect(a).rejects.toThrow('first gone');
    expect(batches[0]?.signal.aborted).toBe(false);
    two.abort(new Error('second gone'));
    await expect(b).rejects.toThrow('second gone');
    expect(batches[0]?.signal.aborted).toBe(true);
  });

  it('never sends an item whose call was aborted while the batch was gathered', async () => {
    const { batches, send } = scripted();
    const subject = batcher(send, 3, 0);
    const gone = new AbortController();
    const a = subject.call({ id: 'a' }, { signal: gone.signal });
    const b = subject.call({ id: 'b' });
    gone.abort(new Error('gone'));
    await expect(a).rejects.toThrow('gone');
    await vi.waitFor(() => expect(batches).toHaveLength(1));
    expect(batches[0]?.items).toEqual([{ id: 'b' }]);
    batches[0]?.emit('b');
    await b;
  });

  it('rejects what waits and refuses further calls once closed', async () => {
    const { batches, send } = scripted();
    const subject = batcher(send);
    const a = subject.call({ id: 'a' });
    const b = subject.call({ id: 'b' });
    const c = subject.call({ id: 'c' });
    const outcomes = Promise.allSettled([a, b, c]);
    subject.close(new Error('shutting down'));
    expect((await outcomes).map((outcome) => outcome.status)).toEqual(['rejected', 'rejected', 'rejected']);
    expect(batches[0]?.signal.aborted).toBe(true);
    await expect(subject.call({ id: 'd' })).rejects.toThrow('shutting down');
  });

  it('refuses a batch size or window that makes no sense', () => {
    const { send } = scripted();
    expect(() => batcher(send, 0)).toThrow('maxItems is 0');
    expect(() => batcher(send, 1, -1)).toThrow('maxDelayMs is -1');
  });
});
