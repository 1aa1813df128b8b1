import { noAmounts, type Amounts, type SearchEvent } from '@trprompt/core';
import { describe, expect, it } from 'vitest';
import { CallFailure } from './ports/call-failure.js';
import { CandidateScorer } from './search/candidate-scorer.js';
import type { CostedEvent, SearchRequest } from './search/search-request.js';
import { collect, free, keyed, never, one, quick, request, World, type Streamed } from './testing/world.js';
import { Textgrad } from './textgrad.service.js';

describe('a search within a budget', () => {
  const within = (limits: Partial<Amounts>, more: Partial<SearchRequest> = {}): SearchRequest => ({
    ...request,
    ...more,
    budget: { ...request.budget, limits: { ...noAmounts(), ...limits } },
  });
  const all = async (stream: AsyncIterable<Streamed>): Promise<Streamed[]> => {
    const events: Streamed[] = [];
    for await (const event of stream) events.push(event);
    return events;
  };
  const made = ({ prompts, answers, edits, critiques }: World): number =>
    prompts.length + answers.length + edits + critiques.length;

  it('never makes more calls than are left, stops, and goes on from its events to the same end', async () => {
    const whole = await collect(new World().search().optimize(request, never));
    const total = whole.reduce((sum, event) => sum + (event.usage?.calls ?? 0), 0);
    for (let calls = 1; calls < total; calls++) {
      const world = new World();
      const events = await all(world.search().optimize(within({ calls }), never));
      expect(made(world)).toBeLessThanOrEqual(calls);
      expect(made(world)).toBeGreaterThanOrEqual(calls - 1);
      expect(events.at(-1)).toEqual({ type: 'stopped', limit: 'calls' });
      const history = events.slice(0, -1) as SearchEvent[];
      const rest = await collect(world.search().optimize({ ...request, history }, never));
      expect(keyed([...(history as CostedEvent[]), ...rest])).toEqual(keyed(whole));
      expect(made(world)).toBe(total);
    }
    const enough = await all(new World().search().optimize(within({ calls: total }), never));
    expect(enough.at(-1)).toMatchObject({ type: 'finished' });
  });

  it('finishes what it has begun when its money is spent', async () => {
    const world = new World();
    const price = { ...free, call: 0.5 };
    const prices = { promptModel: price, target: price, judge: price, editor: price };
    const limits = { ...noAmounts(), money: 2 };
    const events = await all(world.search().optimize({ ...request, budget: { limits, prices } }, never));
    expect(events.at(-1)).toEqual({ type: 'stopped', limit: 'money' });
    const items = events.filter(({ type }) => type === 'item').length;
    expect(items).toBe(world.prompts.length);
    expect(world.answers).toHaveLength(items);
    // Four calls are two dollars; with three questions in flight, at most two more are begun before that is known.
    expect(items).toBeGreaterThanOrEqual(2);
    expect(items).toBeLessThanOrEqual(4);
  });

  it('begins nothing when its time is over', async () => {
    const world = new World();
    let now = 0;
    const scorer = new CandidateScorer(world.writer, world.answerer, undefined, quick, () => 0);
    const textgrad = new Textgrad(scorer, world.editor, () => (now += 1000));
    const events = await all(textgrad.optimize(within({ seconds: 3 }), never));
    expect(events.at(-1)).toEqual({ type: 'stopped', limit: 'seconds' });
    expect(made(world)).toBeLessThan(12);
  });

  it('tells what an item cost by role', async () => {
    const events = await collect(new World().search().optimize({ ...request, steps: 1 }, never));
    const items = events.filter((event) => event.type === 'item');
    expect(items.map((item) => ['promptUsage' in item && item.promptUsage.calls, item.usage?.calls])).toEqual(
      items.map(() => [1, 2]),
    );
  });

  it('tells before an error what was paid for nothing', async () => {
    const world = new World();
    world.failPrompt = (itemId) =>
      itemId === 'c'
        ? new CallFailure(14, 'down', 'item', { retryable: false, outage: true, usage: one })
        : undefined;
    const events: Streamed[] = [];
    const stream = world.search().optimize(request, never);
    const drain = async (): Promise<void> => {
      for await (const event of stream) events.push(event);
    };
    await expect(drain()).rejects.toThrow('down');
    const lost = events.find((event) => event.type === 'lost');
    const told = events.reduce(
      (sum, event) =>
        sum + (event.type !== 'lost' && event.type !== 'stopped' ? (event.usage?.calls ?? 0) : 0),
      0,
    );
    expect((lost?.usage.promptModel.calls ?? 0) + (lost?.usage.target.calls ?? 0) + told).toBe(
      world.prompts.length + world.answers.length,
    );
  });
});
