import { hashSplit } from '@trprompt/core';
import { databaseKinds, type DatabaseSource } from '@trprompt/store/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { LeaseLost } from '../../domain/leases.js';
import { noUsage } from '../../domain/model.js';
import { fakeContext, fakeExamples, fakeRun, itemRecord } from '../../testing/fakes.js';
import { storesOf, type Stores } from '../../testing/stores.js';

const step = { iteration: 1, phase: 'rollout' } as const;

describe.each(databaseKinds)('the run store in $name', (kind) => {
  const { skipped } = kind;
  let source: DatabaseSource;
  let stores: Stores;
  beforeAll(async () => {
    if (skipped) return;
    source = await kind.start();
    stores = await storesOf(await source.open());
  });
  afterAll(() => source?.stop());

  it.skipIf(skipped)(
    'keeps a run, its examples and its first event, and gives the same run for the same request',
    async () => {
      const { store } = stores;
      const run = fakeRun();
      await store.create(run, 'request-1', fakeExamples, [{ type: 'run_started', attempt: 1 }]);
      expect(await store.find(run.runId)).toEqual(run);
      expect(await store.examples(run.runId)).toEqual(fakeExamples.filter(({ split }) => split !== 'test'));
      expect(await store.splits(run.runId)).toEqual(
        (['train', 'validation', 'test'] as const).map((split) => {
          const examples = fakeExamples.filter((example) => example.split === split);
          return { split, examples: examples.length, hash: hashSplit(examples) };
        }),
      );
      expect((await store.create(fakeRun(), 'request-1', [], [])).runId).toBe(run.runId);
      expect(await store.events(run.runId, 0, 10)).toMatchObject([
        { eventId: `${run.runId}/1`, sequence: 1, payload: { type: 'run_started', attempt: 1 } },
      ]);
    },
  );

  it.skipIf(skipped)('writes a change and its events together or not at all', async () => {
    const { store, run, commit } = await fakeContext({}, stores);
    const events = [{ type: 'run_started', attempt: 2 } as const];
    const items = [itemRecord('q1')];
    const broken = { kind: 'search' as const, iteration: 1, first: 0, messages: [] };
    await commit([{ kind: 'items', ...step, items }, broken], events);
    const decision = {
      kind: 'decision',
      candidateId: 'c0',
      step: 0,
      correct: 1,
      total: 2,
      kept: true,
    } as const;
    const twice = { kind: 'search' as const, iteration: 1, first: 0, messages: [decision] };
    await expect(
      commit([{ kind: 'counter', name: 'redactions', amount: 1 }, twice, twice], events),
    ).rejects.toThrow(/duplicate key/);
    expect(await store.counters(run.runId)).toEqual({});
    expect(await store.search(run.runId, 1)).toEqual([]);
    expect((await store.events(run.runId, 0, 10)).map(({ sequence }) => sequence)).toEqual([1]);
  });

  it.skipIf(skipped)('numbers events without a gap when many write at once', async () => {
    const { store, run, commit } = await fakeContext({}, stores);
    const events = [
      { type: 'run_started', attempt: 1 } as const,
      { type: 'run_started', attempt: 2 } as const,
    ];
    await Promise.all(Array.from({ length: 10 }, () => commit([], events)));
    const sequences = (await store.events(run.runId, 0, 100)).map(({ sequence }) => sequence);
    expect(sequences).toEqual(Array.from({ length: 20 }, (_, index) => index + 1));
  });

  it.skipIf(skipped)('applies a commit once, however often it is sent', async () => {
    const { store, run, lease } = await fakeContext({}, stores);
    const changes = [{ kind: 'counter' as const, name: 'redactions', amount: 1 }];
    const events = [{ type: 'run_started', attempt: 1 } as const];
    for (const number of [1, 1, 2, 2, 2]) await store.commit(run.runId, changes, events, { lease, number });
    expect(await store.counters(run.runId)).toEqual({ redactions: 2 });
    expect(await store.events(run.runId, 0, 10)).toHaveLength(2);
  });

  it.skipIf(skipped)('refuses every write of an older epoch, and nothing of it stays', async () => {
    const { store, run, lease } = await fakeContext({}, stores);
    const { leases } = stores;
    const events = [{ type: 'run_started', attempt: 1 } as const];
    await store.commit(run.runId, [], events, { lease, number: 1 });
    const taken = await leases.claim(lease.name, 'another', 60_000, true);
    for (const number of [1, 2]) {
      const stale = store.commit(run.runId, [{ kind: 'run', phase: 'test' }], events, { lease, number });
      await expect(stale).rejects.toThrow(LeaseLost);
    }
    expect((await store.find(run.runId))?.phase).toBe('');
    expect(await store.events(run.runId, 0, 10)).toHaveLength(1);
    if (!taken) throw new Error('not taken');
    expect(taken.epoch).toBe(lease.epoch + 1);
    await store.commit(run.runId, [], events, { lease: taken, number: 1 });
    expect(await store.events(run.runId, 0, 10)).toHaveLength(2);
  });

  it.skipIf(skipped)('stores what a model may write that a database cannot', async () => {
    const context = await fakeContext({}, stores);
    const { store, run } = context;
    await context.storeItems(step, [itemRecord('q1', { answer: 'a\0b', prompt: '\ud800 lone' })]);
    const [item] = await store.items(run.runId, step);
    expect(item).toMatchObject({ answer: 'a\u{FFFD}b', prompt: '\u{FFFD} lone' });
  });

  it.skipIf(skipped)(
    'reopens an ended run, and forgets given-up items of unfinished steps only',
    async () => {
      const context = await fakeContext({}, stores);
      const { store, run } = context;
      const failed = itemRecord('q1', { error: 'refused', verdict: null });
      await context.storeItems({ iteration: 0, phase: 'baseline' }, [failed]);
      await context.storeItems(step, [failed, itemRecord('q2')]);
      const finished = { iteration: 0, phase: 'baseline', done: 1, givenUp: 1 } as const;
      await context.commit([{ kind: 'step', step: finished }]);
      expect(await store.reopen(run.runId)).toBe(false);
      await store.requestCancel(run.runId);
      expect(await store.cancelRequested([run.runId, 'other'])).toEqual([run.runId]);
      await context.commit([{ kind: 'run', state: 'cancelled', reason: 'why', ended: true }]);
      expect(await store.reopen(run.runId)).toBe(true);
      expect(await store.find(run.runId)).toMatchObject({
        state: 'running',
        reason: '',
        endedTime: undefined,
        cancelRequested: false,
      });
      expect(await store.givenUp(run.runId)).toMatchObject([
        { iteration: 0, phase: 'baseline', itemId: 'q1' },
      ]);
      expect(await store.items(run.runId, step)).toHaveLength(1);
    },
  );

  it.skipIf(skipped)('adds costs, by role, and counters up', async () => {
    const { store, run, commit } = await fakeContext({}, stores);
    const usage = { calls: 2, promptTokens: 3_000_000_000, completionTokens: 4, cachedPromptTokens: 5 };
    const prompts = { role: 'promptModel' as const, usage, money: 0.25 };
    const training = { role: 'training' as const, usage: noUsage(), money: 1 };
    for (let i = 0; i < 2; i += 1)
      await commit([
        { kind: 'cost', ...step, roles: [prompts, { ...prompts, role: 'target' }], seconds: 0.5 },
        { kind: 'counter', name: 'redactions', amount: 3 },
      ]);
    await commit([{ kind: 'cost', iteration: 1, phase: 'train', roles: [training], seconds: 2 }]);
    const twice = { calls: 4, promptTokens: 6_000_000_000, completionTokens: 8, cachedPromptTokens: 10 };
    expect(await store.costs(run.runId)).toEqual([
      {
        ...step,
        usage: { calls: 8, promptTokens: 12_000_000_000, completionTokens: 16, cachedPromptTokens: 20 },
        money: 1,
        seconds: 1,
        roles: [
          { role: 'promptModel', usage: twice, money: 0.5 },
          { role: 'target', usage: twice, money: 0.5 },
        ],
      },
      { iteration: 1, phase: 'train', usage: noUsage(), money: 1, seconds: 2, roles: [training] },
    ]);
    expect(await store.counters(run.runId)).toEqual({ redactions: 6 });
  });

  it.skipIf(skipped)('keeps the limits that a run is reopened with, and what they were', async () => {
    const { store, run, commit } = await fakeContext({ limits: { calls: 3, seconds: 60 } }, stores);
    await commit([{ kind: 'run', state: 'stopped', reason: 'limits.calls', ended: true }]);
    const limits = { ...run.config.limits, calls: 10 };
    await store.reopen(run.runId, { limits, provenance: { 'limits.calls': '3, 10 from attempt 2' } });
    const reopened = await store.find(run.runId);
    expect(reopened?.config).toEqual({ ...run.config, limits });
    expect(reopened?.provenance).toEqual({ 'limits.calls': '3, 10 from attempt 2' });
    expect(reopened?.configDigest).toBe(run.configDigest);
  });
});
