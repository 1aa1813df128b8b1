import { DatabaseError, type SqlDatabase } from './database.js';

/** One forward step of the schema. Never edited once released: the next change is the next migration. */
export interface Migration {
  /** 1, 2, 3, ... without gaps. */
  version: number;
  /** What it does, a few words. */
  name: string;
  /** Statements, run in order in one transaction. */
  statements: readonly string[];
}

/** Any number that only this program uses as an advisory lock. */
const MIGRATION_LOCK = 7_211_518;

/**
 * Brings the schema up to the last of `migrations`, all in one transaction under an advisory lock, so that of several processes that start at
 * once one migrates and the others wait. Returns the versions that were applied. Throws DatabaseError when the database is newer.
 */
export async function migrate(database: SqlDatabase, migrations: readonly Migration[]): Promise<number[]> {
  return database.transaction(async (tx) => {
    await tx.query('SELECT pg_advisory_xact_lock($1)', [MIGRATION_LOCK]);
    await tx.query(
      `CREATE TABLE IF NOT EXISTS migrations (
         version integer PRIMARY KEY,
         name text NOT NULL,
         applied_at timestamptz NOT NULL DEFAULT now()
       )`,
    );
    const rows = await tx.query<{ version: number }>('SELECT version FROM migrations ORDER BY version');
    const done = new Set(rows.map((row) => row.version));
    const newest = Math.max(0, ...done);
    const known = Math.max(0, ...migrations.map((migration) => migration.version));
    if (newest > known)
      throw new DatabaseError(
        `the database has schema version ${newest}, this program knows ${known}; use the newer program or another database`,
      );
    const missing = migrations.filter((migration) => !done.has(migration.version));
    for (const migration of missing.toSorted((a, b) => a.version - b.version)) {
      for (const statement of migration.statements) await tx.query(statement);
      await tx.query('INSERT INTO migrations (version, name) VALUES ($1, $2)', [
        migration.version,
        migration.name,
      ]);
    }
    return missing.map((migration) => migration.version);
  });
}
