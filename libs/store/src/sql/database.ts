/** One result row: column name to value. `integer`, `bigint` and `double precision` come as numbers, `jsonb` parsed, `bytea` as bytes. */
export type Row = Record<string, unknown>;

/** A parameter of a statement. JSON goes in as its text (`$1::jsonb`), points in time as ISO 8601 text. */
export type SqlValue = string | number | boolean | null | Uint8Array;

/** Runs statements of the SQL that PGlite and PostgreSQL share; parameters are `$1`, `$2`, ... */
export abstract class SqlExecutor {
  /** Runs one statement and returns its rows (none for a statement without a result). */
  abstract query<T extends Row = Row>(sql: string, params?: readonly SqlValue[]): Promise<T[]>;
}

/** A database: PGlite in a folder or a PostgreSQL server, behind the same SQL. */
export abstract class SqlDatabase extends SqlExecutor {
  /** Whether no other process can have this database open. */
  abstract readonly exclusive: boolean;
  /** Runs `work` in one transaction: committed when it resolves, rolled back when it throws. */
  abstract transaction<T>(work: (tx: SqlExecutor) => Promise<T>): Promise<T>;
  /** Releases the connections, or the folder. Nothing may be running. */
  abstract close(): Promise<void>;
}

/** A database could not be opened or is not what this program needs. The message says what to do. */
export class DatabaseError extends Error {
  override name = 'DatabaseError';
}

/** The server cannot be reached for now: the same statement may succeed later, and a transaction may or may not have been committed. */
export class DatabaseUnavailable extends DatabaseError {
  override name = 'DatabaseUnavailable';
}
