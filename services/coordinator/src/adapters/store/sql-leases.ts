import type { SqlDatabase, SqlExecutor } from '@trprompt/store';
import { LeaseLost, Leases, type Lease } from '../../domain/leases.js';
import type { Writer } from '../../domain/run-store.js';

/** Free, expired, or to be taken over; `$3` is a boolean parameter. */
const TAKEN = `ON CONFLICT (name) DO UPDATE
  SET owner = excluded.owner, epoch = leases.epoch + 1, commits = 0, expires_at = excluded.expires_at
  WHERE leases.expires_at <= clock_timestamp() OR $3
  RETURNING name, owner, epoch`;

const EXPIRY = `clock_timestamp() + $2::double precision * interval '1 millisecond'`;

/** Leases in the table of the same name, by the database's clock. */
export class SqlLeases extends Leases {
  constructor(private readonly database: SqlDatabase) {
    super();
  }

  async claimRuns(owner: string, lifeMs: number, takeOver: boolean): Promise<Lease[]> {
    return this.database.query<Lease & Record<string, unknown>>(
      `INSERT INTO leases (name, owner, epoch, commits, expires_at)
       SELECT 'run/' || run_id, $1, 1, 0, ${EXPIRY} FROM runs WHERE state IN ('pending', 'running') AND ($3 OR NOT EXISTS (
         SELECT 1 FROM leases WHERE name = 'run/' || run_id AND expires_at > clock_timestamp()))
       ORDER BY position ${TAKEN}`,
      [owner, lifeMs, takeOver],
    );
  }

  async claim(name: string, owner: string, lifeMs: number, takeOver: boolean): Promise<Lease | undefined> {
    const [lease] = await this.database.query<Lease & Record<string, unknown>>(
      `INSERT INTO leases (name, owner, epoch, commits, expires_at) VALUES ($4, $1, 1, 0, ${EXPIRY}) ${TAKEN}`,
      [owner, lifeMs, takeOver, name],
    );
    return lease;
  }

  async renew(leases: readonly Lease[], lifeMs: number): Promise<Set<string>> {
    const rows = await this.database.query<{ name: string }>(
      `UPDATE leases SET expires_at = ${EXPIRY} FROM ${HELD}
       WHERE leases.name = held.name AND leases.owner = held.owner AND leases.epoch = held.epoch RETURNING leases.name`,
      [JSON.stringify(leases), lifeMs],
    );
    return new Set(rows.map(({ name }) => name));
  }

  async release(leases: readonly Lease[]): Promise<void> {
    await this.database.query(
      `UPDATE leases SET expires_at = '-infinity' FROM ${HELD}
       WHERE leases.name = held.name AND leases.owner = held.owner AND leases.epoch = held.epoch`,
      [JSON.stringify(leases)],
    );
  }
}

const HELD = `jsonb_to_recordset($1::jsonb) AS held(name text, owner text, epoch bigint)`;

/**
 * Makes sure, inside a transaction, that the writer still holds its lease, and counts the commit. The row stays locked until the transaction ends, so
 * nobody takes the lease in the middle of it.
 * @returns false when this very commit has been applied before
 * @throws LeaseLost
 */
export async function fence(tx: SqlExecutor, { lease, number }: Writer): Promise<boolean> {
  const counted = await tx.query(
    'UPDATE leases SET commits = $4 WHERE name = $1 AND owner = $2 AND epoch = $3 AND commits = $4 - 1 RETURNING name',
    [lease.name, lease.owner, lease.epoch, number],
  );
  if (counted.length > 0) return true;
  const [row] = await tx.query<{ owner: string; epoch: number; commits: number }>(
    'SELECT owner, epoch, commits FROM leases WHERE name = $1',
    [lease.name],
  );
  if (row?.owner === lease.owner && row.epoch === lease.epoch && row.commits === number) return false;
  throw new LeaseLost(lease);
}
