import type { SearchEvent } from '@trprompt/core';
import { ChatError } from '@trprompt/llm';
import { describe, expect, it } from 'vitest';
import { CallFailure } from './ports/call-failure.js';
import { collect, keyed, never, one, request, World } from './testing/world.js';

describe('the optimal-reward search', () => {
  it('hands on everything it pays for and ends with the best candidate', async () => {
    const world = new World();
    const events = await collect(world.search().optimize(request, never));
    const finished = events.at(-1);
    if (finished?.type !== 'finished') throw new Error('the search did not finish');
    const decisions = events.flatMap((event) => (event.type === 'decision' ? [event] : []));
    expect(finished.correct).toBe(Math.max(...decisions.map(({ correct }) => correct)));
    const paid = events.reduce((sum, event) => sum + (event.usage?.calls ?? 0), 0);
    expect(paid).toBe(world.prompts.length + world.answers.length + world.edits + world.critiques.length);
    expect(world.edits).toBeGreaterThanOrEqual(3);
  });

  it('goes on after an interruption at any message with the same outcome and the same events, paying for none twice', async () => {
    const reference = new World();
    const whole = await collect(reference.search().optimize(request, never));
    for (let length = 0; length <= whole.length; length++) {
      const world = new World();
      const history: SearchEvent[] = whole.slice(0, length);
      const rest = await collect(world.search().optimize({ ...request, history }, never));
      expect(keyed([...whole.slice(0, length), ...rest])).toEqual(keyed(whole));
      const items = whole.slice(0, length).filter(({ type }) => type === 'item').length;
      expect(world.prompts).toHaveLength(reference.prompts.length - items);
    }
  });

  it('gives a question the same seed under every candidate, and different questions different ones', async () => {
    const world = new World();
    await collect(world.search().optimize(request, never));
    const seeds = new Map<string, Set<number>>();
    for (const { itemId, seed } of world.prompts)
      seeds.set(itemId, (seeds.get(itemId) ?? new Set()).add(seed));
    expect([...seeds.values()].map(({ size }) => size)).toEqual([1, 1, 1, 1, 1, 1]);
    expect(new Set([...seeds.values()].flatMap((values) => [...values])).size).toBe(6);
  });

  it('shows the editor questions, prompts and answers, and no gold answer', async () => {
    const world = new World();
    await collect(world.search().optimize(request, never));
    const shown = world.critiques.flatMap(({ failures, successes }) => [...failures, ...successes]);
    expect(shown.length).toBeGreaterThan(0);
    for (const example of shown)
      expect(Object.keys(example).toSorted()).toEqual(['answer', 'prompt', 'question']);
    for (const { failures } of world.critiques) expect(JSON.stringify(failures)).not.toContain('42');
  });

  it('spends a step on every output without the asked form, and counts them', async () => {
    const world = new World();
    world.editorOutput = () => '```\n```';
    const events = await collect(world.search().optimize(request, never));
    expect(events.filter(({ type }) => type === 'rejected')).toHaveLength(4);
    expect(events.at(-1)).toMatchObject({ type: 'finished', candidateId: 'c0', rejected: 4 });
  });

  it('gives an item up that cannot succeed: it counts as wrong and its cost is counted', async () => {
    const world = new World();
    world.failPrompt = (itemId) =>
      itemId === 'b' ? new CallFailure(3, 'too long', 'item', { retryable: false, usage: one }) : undefined;
    const events = await collect(world.search().optimize({ ...request, steps: 1 }, never));
    const lost = events.find((event) => event.type === 'item' && event.itemId === 'b');
    expect(lost).toMatchObject({
      givenUp: true,
      usage: { calls: 1 },
      verdict: { correct: false },
      failure: { code: 3, message: 'too long', retryable: false },
    });
  });

  it('bridges a failure that passes and counts every attempt', async () => {
    const world = new World();
    let failed = 0;
    world.failPrompt = (itemId) =>
      itemId === 'b' && failed++ < 2
        ? new CallFailure(14, 'restarting', 'call', { retryable: true, usage: one })
        : undefined;
    const events = await collect(world.search().optimize({ ...request, steps: 1 }, never));
    const item = events.find((event) => event.type === 'item' && event.itemId === 'b');
    expect(item).toMatchObject({ givenUp: false, usage: { calls: 4 } });
  });

  it.each([
    new CallFailure(14, 'the endpoint is down', 'item', { retryable: true, outage: true }),
    new CallFailure(9, 'the adapter is not active', 'call', { retryable: false }),
  ])('holds nothing against a candidate that is not its fault: $message', async (failure) => {
    const world = new World();
    world.failPrompt = () => failure;
    await expect(collect(world.search().optimize(request, never))).rejects.toThrow(failure.message);
  });

  it('ends with the error of the editor', async () => {
    const world = new World();
    world.editorOutput = () => {
      throw new ChatError('RATE_LIMITED', 'full');
    };
    await expect(collect(world.search().optimize(request, never))).rejects.toThrow('full');
  });

  it('stops when its caller has gone', async () => {
    const world = new World();
    const abort = new AbortController();
    const stream = world.search().optimize(request, abort.signal);
    await stream.next();
    abort.abort(new Error('gone'));
    await expect(collect(stream)).rejects.toThrow('gone');
    expect(world.prompts).toEqual([]);
  });
});
