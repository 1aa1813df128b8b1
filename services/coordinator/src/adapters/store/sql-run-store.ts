import type { SqlDatabase, SqlExecutor } from '@trprompt/store';
import type {
  Accuracy,
  Checkpoint,
  ItemRecord,
  PhaseCost,
  RunRecord,
  StepKey,
  StepRecord,
  TrainingRecord,
} from '../../domain/model.js';
import type { ChangedLimits } from '../../domain/new-limits.js';
import type { EventPayload, RunEvent } from '../../domain/run-event.js';
import { RunStore, type Change, type StoredExample, type Writer } from '../../domain/run-store.js';
import type { SearchMessage } from '../../domain/search-message.js';
import { decodeEvent, encodeEvent } from '../event-codec.js';
import { applyChange, jsonText } from './apply-change.js';
import { forgetGivenUp, givenUpOf } from './given-up.js';
import { fence } from './sql-leases.js';
import { toCosts, toItem, toRun, type CostRow, type ItemRow, type RunRow } from './rows.js';

/** Runs in SQL; a commit is one transaction, so a change and its events are stored together or not at all. */
export class SqlRunStore extends RunStore {
  constructor(private readonly database: SqlDatabase) {
    super();
  }

  async create(
    run: RunRecord,
    requestId: string,
    examples: readonly StoredExample[],
    events: readonly EventPayload[],
  ): Promise<RunRecord> {
    return this.database.transaction(async (tx) => {
      const inserted = await tx.query(
        `INSERT INTO runs (run_id, request_id, name, state, reason, iteration, phase, attempt, config, config_digest, dataset, provenance,
                           created_at)
         VALUES ($1, $2, $3, $4, '', 0, '', $5, $6::jsonb, $7, $8::jsonb, $9::jsonb, $10)
         ON CONFLICT (request_id) DO NOTHING RETURNING run_id`,
        [
          run.runId,
          requestId === '' ? null : requestId,
          run.name,
          run.state,
          run.attempt,
          jsonText(run.config),
          run.configDigest,
          jsonText(run.dataset),
          jsonText(run.provenance),
          run.createdTime,
        ],
      );
      if (inserted.length === 0) return (await findBy(tx, 'request_id', requestId)) ?? run;
      await tx.query(
        `INSERT INTO examples (run_id, position, example_id, split, example)
         SELECT $1, r.n::integer, r.example->>'id', r.example->>'split', r.example
         FROM jsonb_array_elements($2::jsonb) WITH ORDINALITY AS r(example, n)`,
        [run.runId, jsonText(examples)],
      );
      await appendEvents(tx, run.runId, events);
      return run;
    });
  }

  async commit(
    runId: string,
    changes: readonly Change[],
    events: readonly EventPayload[],
    writer: Writer,
  ): Promise<void> {
    await this.database.transaction(async (tx) => {
      if (!(await fence(tx, writer))) return;
      for (const change of changes) await applyChange(tx, runId, change);
      await appendEvents(tx, runId, events);
    });
  }

  async requestCancel(runId: string): Promise<void> {
    await this.database.query(
      `UPDATE runs SET cancel_requested = true WHERE run_id = $1 AND state IN ('pending', 'running')`,
      [runId],
    );
  }

  async cancelRequested(runIds: readonly string[]): Promise<string[]> {
    const rows = await this.database.query<{ run_id: string }>(
      `SELECT run_id FROM runs WHERE cancel_requested AND run_id IN (SELECT jsonb_array_elements_text($1::jsonb))`,
      [JSON.stringify(runIds)],
    );
    return rows.map((row) => row.run_id);
  }

  async reopen(runId: string, changed?: ChangedLimits): Promise<boolean> {
    return this.database.transaction(async (tx) => {
      const reopened = await tx.query(
        `UPDATE runs SET state = 'running', reason = '', ended_at = NULL, cancel_requested = false
         WHERE run_id = $1 AND state IN ('failed', 'cancelled', 'stopped') RETURNING run_id`,
        [runId],
      );
      if (reopened.length === 0) return false;
      if (changed)
        await tx.query(
          `UPDATE runs SET config = jsonb_set(config, '{limits}', $2::jsonb), provenance = provenance || $3::jsonb WHERE run_id = $1`,
          [runId, JSON.stringify(changed.limits), JSON.stringify(changed.provenance)],
        );
      await forgetGivenUp(tx, runId);
      return true;
    });
  }

  async find(runId: string): Promise<RunRecord | undefined> {
    return findBy(this.database, 'run_id', runId);
  }

  async findByRequest(requestId: string): Promise<RunRecord | undefined> {
    return findBy(this.database, 'request_id', requestId);
  }

  async list(limit: number, before: string | undefined): Promise<RunRecord[]> {
    const rows = await this.database.query<RunRow>(
      `SELECT * FROM runs WHERE $2::text IS NULL OR position < (SELECT position FROM runs WHERE run_id = $2::text)
       ORDER BY position DESC LIMIT $1`,
      [limit, before ?? null],
    );
    return rows.map(toRun);
  }

  async newestWithCheckpoint(): Promise<RunRecord | undefined> {
    const rows = await this.database.query<RunRow>(
      `SELECT * FROM runs WHERE EXISTS (SELECT 1 FROM checkpoints WHERE checkpoints.run_id = runs.run_id)
       ORDER BY position DESC LIMIT 1`,
    );
    return rows[0] && toRun(rows[0]);
  }

  async examples(runId: string): Promise<StoredExample[]> {
    const sql = 'SELECT example FROM examples WHERE run_id = $1 ORDER BY position';
    return (await this.database.query<{ example: StoredExample }>(sql, [runId])).map((row) => row.example);
  }

  async items(runId: string, { iteration, phase }: StepKey): Promise<ItemRecord[]> {
    const rows = await this.database.query<ItemRow>(
      'SELECT * FROM items WHERE run_id = $1 AND iteration = $2 AND phase = $3',
      [runId, iteration, phase],
    );
    return rows.map(toItem);
  }

  async search(runId: string, iteration: number): Promise<SearchMessage[]> {
    const rows = await this.database.query<{ message: SearchMessage }>(
      'SELECT message FROM search_messages WHERE run_id = $1 AND iteration = $2 ORDER BY seq',
      [runId, iteration],
    );
    return rows.map((row) => row.message);
  }

  async trainings(runId: string): Promise<TrainingRecord[]> {
    const sql = 'SELECT training FROM trainings WHERE run_id = $1 ORDER BY iteration';
    return (await this.database.query<{ training: TrainingRecord }>(sql, [runId])).map((row) => row.training);
  }

  async accuracies(runId: string): Promise<Accuracy[]> {
    const rows = await this.database.query<Accuracy & Record<string, unknown>>(
      `SELECT iteration, step, split, method, correct, total, low, high FROM accuracies WHERE run_id = $1 ORDER BY position`,
      [runId],
    );
    return rows;
  }

  async checkpoints(runId: string): Promise<Checkpoint[]> {
    const sql = 'SELECT checkpoint FROM checkpoints WHERE run_id = $1 ORDER BY position';
    return (await this.database.query<{ checkpoint: Checkpoint }>(sql, [runId])).map((row) => row.checkpoint);
  }

  async costs(runId: string): Promise<PhaseCost[]> {
    const rows = await this.database.query<CostRow>(
      'SELECT * FROM phase_costs WHERE run_id = $1 ORDER BY iteration, phase, role',
      [runId],
    );
    return toCosts(rows);
  }

  async counters(runId: string): Promise<Record<string, number>> {
    const sql = 'SELECT name, value FROM counters WHERE run_id = $1 ORDER BY name';
    const rows = await this.database.query<{ name: string; value: number }>(sql, [runId]);
    return Object.fromEntries(rows.map((row) => [row.name, row.value]));
  }

  async steps(runId: string): Promise<StepRecord[]> {
    const sql = 'SELECT step FROM steps WHERE run_id = $1';
    return (await this.database.query<{ step: StepRecord }>(sql, [runId])).map((row) => row.step);
  }

  async givenUp(runId: string): Promise<(StepKey & { itemId: string; reason: string })[]> {
    return givenUpOf(this.database, runId);
  }

  async events(runId: string, afterSequence: number, limit: number): Promise<RunEvent[]> {
    const rows = await this.database.query<{ event: Uint8Array }>(
      'SELECT event FROM events WHERE run_id = $1 AND sequence > $2 ORDER BY sequence LIMIT $3',
      [runId, afterSequence, limit],
    );
    return rows.map((row) => decodeEvent(row.event));
  }
}

async function findBy(
  executor: SqlExecutor,
  column: 'run_id' | 'request_id',
  value: string,
): Promise<RunRecord | undefined> {
  const rows = await executor.query<RunRow>(`SELECT * FROM runs WHERE ${column} = $1`, [value]);
  return rows[0] && toRun(rows[0]);
}

/** The run's row is locked by taking its sequence, so sequences are gapless whoever writes. */
async function appendEvents(
  tx: SqlExecutor,
  runId: string,
  payloads: readonly EventPayload[],
): Promise<void> {
  if (payloads.length === 0) return;
  const rows = await tx.query<{ sequence: number; now: Date }>(
    'UPDATE runs SET sequence = sequence + $2 WHERE run_id = $1 RETURNING sequence, now() AS now',
    [runId, payloads.length],
  );
  const row = rows[0];
  if (!row) throw new Error(`run ${runId} is not in the database`);
  const events = payloads.map((payload, index): RunEvent => {
    const sequence = row.sequence - payloads.length + index + 1;
    return { eventId: `${runId}/${sequence}`, runId, sequence, time: row.now.toISOString(), payload };
  });
  for (const event of events)
    await tx.query('INSERT INTO events (run_id, sequence, event) VALUES ($1, $2, $3)', [
      runId,
      event.sequence,
      encodeEvent(event),
    ]);
}
