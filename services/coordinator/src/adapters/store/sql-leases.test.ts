import { databaseKinds, type DatabaseSource } from '@trprompt/store/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fakeRun } from '../../testing/fakes.js';
import { storesOf } from '../../testing/stores.js';
import type { SqlLeases } from './sql-leases.js';
import type { SqlRunStore } from './sql-run-store.js';

const LONG_MS = 3_600_000;

describe.each(databaseKinds)('leases in $name', (kind) => {
  const { skipped } = kind;
  let source: DatabaseSource;
  let leases: SqlLeases;
  let store: SqlRunStore;
  beforeAll(async () => {
    if (skipped) return;
    source = await kind.start();
    ({ leases, store } = await storesOf(await source.open()));
  });
  afterAll(() => source?.stop());

  const held = async (name: string, owner: string, lifeMs = LONG_MS) => {
    const lease = await leases.claim(name, owner, lifeMs, true);
    if (!lease) throw new Error('not given');
    return lease;
  };

  it.skipIf(skipped)('are given to one owner at a time, and to the next one in a higher epoch', async () => {
    const first = await leases.claim('one', 'a', LONG_MS, false);
    expect(first).toEqual({ name: 'one', owner: 'a', epoch: 1 });
    expect(await leases.claim('one', 'b', LONG_MS, false)).toBeUndefined();
    if (first) await leases.release([first]);
    expect(await leases.claim('one', 'b', LONG_MS, false)).toEqual({ name: 'one', owner: 'b', epoch: 2 });
  });

  it.skipIf(skipped)('are free once they have expired', async () => {
    await held('short', 'a', 0);
    expect(await leases.claim('short', 'b', LONG_MS, false)).toMatchObject({ owner: 'b', epoch: 2 });
  });

  it.skipIf(skipped)(
    'are renewed for those who still hold them, even late, and for no one else',
    async () => {
      const [mine, late, lost] = [
        await held('mine', 'a'),
        await held('late', 'a', 0),
        await held('lost', 'a'),
      ];
      await held('lost', 'b');
      expect(await leases.renew([mine, late, lost], LONG_MS)).toEqual(new Set(['mine', 'late']));
      expect(await leases.claim('late', 'b', LONG_MS, false)).toBeUndefined();
    },
  );

  it.skipIf(skipped)('are not released by one who has lost them', async () => {
    const old = await held('kept', 'a');
    await held('kept', 'b');
    await leases.release([old]);
    expect(await leases.claim('kept', 'c', LONG_MS, false)).toBeUndefined();
  });

  it.skipIf(skipped)('of runs are given for those that nobody works on and that have not ended', async () => {
    const [free, ended, taken] = [fakeRun(), { ...fakeRun(), state: 'failed' as const }, fakeRun()];
    for (const run of [free, ended, taken]) await store.create(run, '', [], []);
    await held(`run/${taken.runId}`, 'other');
    const claimed = async (takeOver: boolean): Promise<string[]> => {
      const names = (await leases.claimRuns('a', LONG_MS, takeOver)).map(({ name }) => name);
      return names.filter((name) => [free, ended, taken].some(({ runId }) => name === `run/${runId}`));
    };
    expect(await claimed(false)).toEqual([`run/${free.runId}`]);
    expect(await claimed(false)).toEqual([]);
    expect((await claimed(true)).toSorted()).toEqual([`run/${free.runId}`, `run/${taken.runId}`].toSorted());
  });
});
