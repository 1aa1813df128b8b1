import { describe, expect, it } from 'vitest';
import { ChatError } from '../chat/chat-error.js';
import { completeBatch } from './complete-batch.js';
import { completeItems } from './complete-items.js';
import { checkDecoding, checkItems, checkText, type Invalid } from './validate.js';

const never = new AbortController().signal;

async function collect<T>(stream: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const value of stream) all.push(value);
  return all;
}

describe('a batch', () => {
  it('yields results in order of completion', async () => {
    const release: Record<string, () => void> = {};
    const run = (item: string): Promise<string> =>
      new Promise((resolve) => (release[item] = () => resolve(item.toUpperCase())));
    const stream = completeBatch(['a', 'b', 'c'], run, never);
    const first = stream.next();
    release.b?.();
    expect(await first).toEqual({ done: false, value: 'B' });
    release.c?.();
    expect(await stream.next()).toEqual({ done: false, value: 'C' });
    release.a?.();
    expect(await stream.next()).toEqual({ done: false, value: 'A' });
    expect(await stream.next()).toEqual({ done: true, value: undefined });
  });

  it('starts nothing late: all items run at once', async () => {
    let started = 0;
    await collect(completeBatch([1, 2, 3], () => Promise.resolve(++started), never));
    expect(started).toBe(3);
  });

  it('runs no more than its concurrency at once', async () => {
    let running = 0;
    let peak = 0;
    const run = async (item: number): Promise<number> => {
      peak = Math.max(peak, ++running);
      await Promise.resolve();
      running--;
      return item;
    };
    const results = await collect(completeBatch([1, 2, 3, 4, 5], run, never, { concurrency: 2 }));
    expect(results.toSorted((a, b) => a - b)).toEqual([1, 2, 3, 4, 5]);
    expect(peak).toBe(2);
  });

  it('ends with the error of a runner and aborts the others', async () => {
    const signals: AbortSignal[] = [];
    const run = (item: number, signal: AbortSignal): Promise<number> => {
      signals.push(signal);
      return item === 1 ? Promise.reject(new Error('broken')) : new Promise(() => {});
    };
    await expect(collect(completeBatch([1, 2], run, never))).rejects.toThrow('broken');
    expect(signals[1]?.aborted).toBe(true);
  });

  it('aborts its runners when the caller aborts or stops reading', async () => {
    const abort = new AbortController();
    let seen: AbortSignal | undefined;
    const hang = (_item: number, signal: AbortSignal): Promise<number> => {
      seen = signal;
      return new Promise(() => {});
    };
    const stream = collect(completeBatch([1], hang, abort.signal));
    abort.abort(new Error('gone'));
    await expect(stream).rejects.toThrow('gone');
    expect(seen?.aborted).toBe(true);

    const run = (item: number, signal: AbortSignal): Promise<number> => {
      seen = signal;
      return item === 1 ? Promise.resolve(1) : new Promise(() => {});
    };
    for await (const value of completeBatch([1, 2], run, never)) {
      expect(value).toBe(1);
      break;
    }
    expect(seen?.aborted).toBe(true);
  });

  it('turns the chat error of an item into its outcome and lets any other end the stream', async () => {
    const items = [{ itemId: 'good' }, { itemId: 'bad' }];
    const outcomes = await collect(
      completeItems(
        items,
        ({ itemId }) =>
          itemId === 'good'
            ? Promise.resolve(1)
            : Promise.reject(new ChatError('RATE_LIMITED', 'full', { status: 429 })),
        never,
      ),
    );
    expect(outcomes).toContainEqual({ itemId: 'good', result: 1 });
    expect(outcomes).toContainEqual({
      itemId: 'bad',
      failure: {
        code: 8,
        message: 'full',
        retryable: true,
        outage: false,
        usage: { calls: 0, promptTokens: 0, completionTokens: 0, cachedPromptTokens: 0 },
      },
    });
    const bug = completeItems(items, () => Promise.reject(new TypeError('bug')), never);
    await expect(collect(bug)).rejects.toThrow(TypeError);
  });
});

describe('validation', () => {
  const invalid: Invalid = (field, value, fix) => new Error(`${field} is ${JSON.stringify(value)}: ${fix}`);
  const item = { itemId: 'a', seed: 0 };

  it('refuses batches that are empty, too large, or repeat an id', () => {
    expect(() => checkItems([], invalid)).toThrow('items is "0 items": send 1 to 4096 items');
    expect(() => checkItems([item, item], invalid)).toThrow('items[1].item_id is "a": ids are unique');
    const many = Array.from({ length: 4097 }, (_, index) => ({ itemId: String(index), seed: 0 }));
    expect(() => checkItems(many, invalid)).toThrow('4097 items');
    expect(() => checkItems(many.slice(1), invalid)).not.toThrow();
  });

  it.each([
    [{ ...item, itemId: '' }, 'items[0].item_id'],
    [{ ...item, itemId: 'x'.repeat(257) }, 'items[0].item_id'],
    [{ ...item, seed: -1 }, 'items[0].seed is -1'],
    [{ ...item, idempotencyKey: 'k'.repeat(257) }, 'items[0].idempotency_key'],
    [{ ...item, seed: 2 ** 31 }, 'items[0].seed'],
  ])('names the field of a wrong item', (wrong, message) => {
    expect(() => checkItems([wrong], invalid)).toThrow(message);
  });

  it('fills the decoding defaults in', () => {
    expect(checkDecoding(undefined, invalid)).toEqual({ temperature: 0, topP: 1, maxTokens: 256, stop: [] });
  });

  it.each([
    [{ temperature: 2.1 }, 'decoding.temperature is 2.1'],
    [{ temperature: Number.NaN }, 'decoding.temperature'],
    [{ topP: 1.5 }, 'decoding.top_p is 1.5'],
    [{ maxTokens: 40_000 }, 'decoding.max_tokens is 40000'],
    [{ stop: ['a', 'b', 'c', 'd', 'e'] }, 'decoding.stop'],
    [{ stop: [''] }, 'decoding.stop'],
  ])('refuses decoding out of range: %j', (wrong, message) => {
    const decoding = { temperature: 0, topP: 0, maxTokens: 0, stop: [], ...wrong };
    expect(() => checkDecoding(decoding, invalid)).toThrow(message);
  });

  it('refuses texts that are too long, or empty where required', () => {
    expect(() => checkText('reward', ' ', invalid, { required: true })).toThrow(
      'reward is " ": it is required',
    );
    expect(() => checkText('question', 'xxx', invalid, { max: 2 })).toThrow('at most 2 characters');
  });
});
