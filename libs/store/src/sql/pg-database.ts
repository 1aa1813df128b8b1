import { Pool, types } from 'pg';
import { DatabaseError, SqlDatabase, type Row, type SqlExecutor, type SqlValue } from './database.js';

/** A driver's type id, as a plain number. */
const INT8: number = types.builtins.INT8;

/** A PostgreSQL server, through a small pool of connections. */
export class PgDatabase extends SqlDatabase {
  readonly exclusive = false;
  readonly #pool: Pool;

  private constructor(pool: Pool) {
    super();
    this.#pool = pool;
  }

  /** Connects to `postgres://user:password@host:port/database`. Throws DatabaseError when nothing answers there. */
  static async open(url: string): Promise<PgDatabase> {
    const pool = new Pool({
      connectionString: url,
      max: 8,
      connectionTimeoutMillis: 10_000,
      types: {
        getTypeParser: (oid, format) =>
          (oid as number) === INT8 && format !== 'binary' ? Number : types.getTypeParser(oid, format),
      },
    });
    // An idle connection that breaks is replaced by the pool; without a listener its error would end the process.
    pool.on('error', () => undefined);
    try {
      await pool.query('SELECT 1');
    } catch (error) {
      await pool.end();
      throw new DatabaseError(
        `PostgreSQL at ${withoutPassword(url)} cannot be reached: ${error instanceof Error ? error.message : String(error)}; ` +
          'check that it runs and that host, database, user and password are right',
        { cause: error },
      );
    }
    return new PgDatabase(pool);
  }

  async query<T extends Row>(sql: string, params: readonly SqlValue[] = []): Promise<T[]> {
    return (await this.#pool.query<T>(sql, [...params])).rows;
  }

  async transaction<T>(work: (tx: SqlExecutor) => Promise<T>): Promise<T> {
    const client = await this.#pool.connect();
    let broken: Error | undefined;
    try {
      await client.query('BEGIN');
      const result = await work({
        query: async <R extends Row>(sql: string, params: readonly SqlValue[] = []) =>
          (await client.query<R>(sql, [...params])).rows,
      });
      await client.query('COMMIT');
      return result;
    } catch (error) {
      // A connection that cannot even roll back is not given back to the pool.
      await client.query('ROLLBACK').catch((failure: Error) => (broken = failure));
      throw error;
    } finally {
      client.release(broken);
    }
  }

  async close(): Promise<void> {
    await this.#pool.end();
  }
}

function withoutPassword(url: string): string {
  return url.replace(/^(\w+:\/\/[^:@/]*):[^@/]*@/, '$1:***@');
}
