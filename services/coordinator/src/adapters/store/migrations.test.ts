import { migrate } from '@trprompt/store';
import { databaseKinds } from '@trprompt/store/testing';
import { describe, expect, it } from 'vitest';
import { fakeRun } from '../../testing/fakes.js';
import { migrations } from './migrations.js';
import { SqlRunStore } from './sql-run-store.js';

describe.each(databaseKinds)('migrations on $name', (kind) => {
  it.skipIf(kind.skipped)(
    'give runs of before the price table its defaults, and keep what they cost',
    async () => {
      const source = await kind.start();
      try {
        const database = await source.open();
        await migrate(database, migrations.slice(0, 2));
        const run = fakeRun({ limits: { calls: 7 } });
        const old: Record<string, unknown> = {
          ...run.config,
          limits: { ...run.config.limits, money: undefined },
        };
        delete old['prices'];
        await database.query(
          `INSERT INTO runs (run_id, name, state, reason, iteration, phase, attempt, config, config_digest, dataset, provenance, created_at)
         VALUES ($1, 'old', 'stopped', '', 1, 'rollout', 1, $2::jsonb, 'd', '{}', '{}', now())`,
          [run.runId, JSON.stringify(old)],
        );
        await database.query(
          `INSERT INTO phase_costs (run_id, iteration, phase, calls, prompt_tokens, completion_tokens, cached_prompt_tokens, seconds)
         VALUES ($1, 1, 'rollout', 7, 70, 35, 5, 2.5)`,
          [run.runId],
        );
        await migrate(database, migrations);
        const store = new SqlRunStore(database);
        expect((await store.find(run.runId))?.config).toEqual(run.config);
        const usage = { calls: 7, promptTokens: 70, completionTokens: 35, cachedPromptTokens: 5 };
        expect(await store.costs(run.runId)).toEqual([
          {
            iteration: 1,
            phase: 'rollout',
            usage,
            money: 0,
            seconds: 2.5,
            roles: [{ role: '', usage, money: 0 }],
          },
        ]);
      } finally {
        await source.stop();
      }
    },
  );
});
