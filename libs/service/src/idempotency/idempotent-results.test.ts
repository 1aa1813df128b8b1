import { describe, expect, it } from 'vitest';
import { IdempotentResults, type IdempotentResultsOptions } from './idempotent-results.js';

const never = new AbortController().signal;

/** Work that the test ends. */
function scripted() {
  const calls: { signal: AbortSignal; resolve: (text: string) => void; reject: (error: Error) => void }[] =
    [];
  const work = (signal: AbortSignal): Promise<string> =>
    new Promise((resolve, reject) => calls.push({ signal, resolve, reject }));
  return { calls, work };
}

function results(options: Partial<IdempotentResultsOptions> = {}): IdempotentResults<string> {
  return new IdempotentResults<string>({
    maxEntries: 100,
    maxBytes: 1e6,
    refuse: (message) => new RangeError(message),
    ...options,
  });
}

describe('results by idempotency key', () => {
  it('do the work of a key once', async () => {
    const { calls, work } = scripted();
    const kept = results();
    const first = kept.run('k', 'request', never, work);
    calls[0]?.resolve('done');
    expect(await first).toBe('done');
    expect(await kept.run('k', 'request', never, work)).toBe('done');
    expect(calls).toHaveLength(1);
  });

  it('join a call that is in flight', async () => {
    const { calls, work } = scripted();
    const kept = results();
    const both = Promise.all([kept.run('k', 'request', never, work), kept.run('k', 'request', never, work)]);
    calls[0]?.resolve('done');
    expect(await both).toEqual(['done', 'done']);
    expect(calls).toHaveLength(1);
  });

  it('keep nothing without a key', async () => {
    const { calls, work } = scripted();
    const kept = results();
    void kept.run('', 'request', never, work);
    void kept.run('', 'request', never, work);
    expect(calls).toHaveLength(2);
    expect(calls[0]?.signal).toBe(never);
  });

  it('refuse a key for another request, while it is in flight and when it is kept', async () => {
    const { calls, work } = scripted();
    const kept = results();
    const first = kept.run('the-key', 'one', never, work);
    const refusal = /idempotency_key is "the-key": it was used for another request/;
    await expect(kept.run('the-key', 'two', never, work)).rejects.toThrow(refusal);
    calls[0]?.resolve('done');
    await first;
    await expect(kept.run('the-key', 'two', never, work)).rejects.toThrow(RangeError);
    expect(calls).toHaveLength(1);
  });

  it('keep no failure: the key may be tried again', async () => {
    const { calls, work } = scripted();
    const kept = results();
    const first = kept.run('k', 'request', never, work);
    calls[0]?.reject(new Error('full'));
    await expect(first).rejects.toThrow('full');
    const second = kept.run('k', 'request', never, work);
    calls[1]?.resolve('done');
    expect(await second).toBe('done');
  });

  it('go on while one caller waits, and stop when none does', async () => {
    const { calls, work } = scripted();
    const kept = results();
    const [one, two] = [new AbortController(), new AbortController()];
    const first = kept.run('k', 'request', one.signal, work);
    const second = kept.run('k', 'request', two.signal, work);
    one.abort(new Error('one left'));
    await expect(first).rejects.toThrow('one left');
    expect(calls[0]?.signal.aborted).toBe(false);
    two.abort(new Error('two left'));
    await expect(second).rejects.toThrow('two left');
    expect(calls[0]?.signal.aborted).toBe(true);
    // The aborted work has not ended yet; who comes now does not join it.
    const third = kept.run('k', 'request', never, work);
    calls[0]?.reject(new Error('aborted'));
    calls[1]?.resolve('done');
    expect(await third).toBe('done');
    await expect(kept.run('k', 'request', AbortSignal.abort(new Error('late')), work)).rejects.toThrow(
      'late',
    );
  });

  it('keep no more than their bounds, the least recently used go first', async () => {
    const done = (text: string) => () => Promise.resolve(text);
    const kept = results({ maxEntries: 2 });
    await kept.run('a', '', never, done('1'));
    await kept.run('b', '', never, done('2'));
    await kept.run('a', '', never, done('not asked'));
    await kept.run('c', '', never, done('3'));
    expect(kept.size.entries).toBe(2);
    expect(await kept.run('a', '', never, done('again'))).toBe('1');
    expect(await kept.run('b', '', never, done('again'))).toBe('again');

    const small = results({ maxBytes: 2000 });
    for (let index = 0; index < 50; index++) await small.run(`k${index}`, '', never, done('x'.repeat(300)));
    expect(small.size.bytes).toBeLessThanOrEqual(2000);
    expect(small.size.entries).toBeGreaterThan(0);
    await small.run('huge', '', never, done('x'.repeat(10_000)));
    expect(await small.run('huge', '', never, done('again'))).toBe('again');
  });
});
