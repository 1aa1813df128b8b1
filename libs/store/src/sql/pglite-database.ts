import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { PGlite, types, type PGliteInterface, type Transaction } from '@electric-sql/pglite';
import { DatabaseError, SqlDatabase, type Row, type SqlExecutor, type SqlValue } from './database.js';
import { lockFolder, type FolderLock } from './folder-lock.js';

const parsers = { [types.INT8]: Number };

/** PGlite: PostgreSQL inside this process, its data in a folder that one process at a time may open. */
export class PgliteDatabase extends SqlDatabase {
  readonly exclusive = true;
  readonly #pglite: PGliteInterface;
  readonly #lock: FolderLock | undefined;

  private constructor(pglite: PGliteInterface, lock: FolderLock | undefined) {
    super();
    this.#pglite = pglite;
    this.#lock = lock;
  }

  /**
   * Opens the folder, which is made when it is missing; `undefined` keeps everything in memory.
   * Throws DatabaseError when another living process has it open, or when it cannot be read.
   */
  static async open(folder: string | undefined): Promise<PgliteDatabase> {
    if (folder === undefined) return new PgliteDatabase(await PGlite.create({ parsers }), undefined);
    await mkdir(dirname(folder), { recursive: true });
    const lock = await lockFolder(folder);
    try {
      return new PgliteDatabase(await PGlite.create({ dataDir: folder, parsers }), lock);
    } catch (error) {
      await lock.release();
      throw new DatabaseError(
        `database folder ${folder} cannot be opened: ${error instanceof Error ? error.message : String(error)}; ` +
          'check that it is a PGlite folder that this user may write, or name another',
        { cause: error },
      );
    }
  }

  async query<T extends Row>(sql: string, params: readonly SqlValue[] = []): Promise<T[]> {
    return (await this.#pglite.query<T>(sql, [...params])).rows;
  }

  async transaction<T>(work: (tx: SqlExecutor) => Promise<T>): Promise<T> {
    return this.#pglite.transaction((tx) => work(executor(tx)));
  }

  async close(): Promise<void> {
    await this.#pglite.close();
    await this.#lock?.release();
  }
}

function executor(tx: Transaction): SqlExecutor {
  return {
    query: async <T extends Row>(sql: string, params: readonly SqlValue[] = []) =>
      (await tx.query<T>(sql, [...params])).rows,
  };
}
