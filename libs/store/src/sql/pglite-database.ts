import { mkdir, rm, stat, statfs } from 'node:fs/promises';
import { dirname } from 'node:path';
import { PGlite, types, type PGliteInterface } from '@electric-sql/pglite';
import {
  DatabaseError,
  DatabaseFull,
  DatabaseUnavailable,
  SqlDatabase,
  type Row,
  type SqlExecutor,
  type SqlValue,
} from './database.js';
import { classified, codeOf, messageOf } from './failures.js';
import { lockFolder, type FolderLock } from './folder-lock.js';
import { transactionOf } from './transaction.js';

const parsers = { [types.INT8]: Number };

/** ENOSPC as Emscripten's file system numbers it. */
const WASI_ENOSPC = 51;

/** Room that a PGlite folder needs at least to be opened: a segment of the write-ahead log, and some. Bytes. */
const ROOM = 32 * 1024 * 1024;

/** PGlite: PostgreSQL inside this process, its data in a folder that one process at a time may open. */
export class PgliteDatabase extends SqlDatabase {
  readonly exclusive = true;
  readonly #pglite: PGliteInterface;
  readonly #lock: FolderLock | undefined;
  readonly #where: string;
  /** Set when the instance ended itself. It never answers again: statements that wait for it would wait for ever. */
  #crash: DatabaseUnavailable | undefined;
  readonly #waiting = new Set<(crash: unknown) => void>();

  private constructor(
    pglite: PGliteInterface,
    lock: FolderLock | undefined,
    where: string,
    private readonly onCrash: (failure: DatabaseUnavailable) => void,
  ) {
    super();
    this.#pglite = pglite;
    this.#lock = lock;
    this.#where = where;
  }

  /**
   * Opens the folder, which is made when it is missing; `undefined` keeps everything in memory.
   * Throws DatabaseError when another living process has it open, or when it cannot be read, and DatabaseFull.
   */
  static async open(
    folder: string | undefined,
    onCrash: (failure: DatabaseUnavailable) => void = () => undefined,
  ): Promise<PgliteDatabase> {
    if (folder === undefined) {
      const pglite = await PGlite.create({ parsers });
      return new PgliteDatabase(pglite, undefined, 'the database in memory', onCrash);
    }
    await mkdir(dirname(folder), { recursive: true }).catch((error: unknown) => {
      throw notOpened(folder, error);
    });
    const lock = await lockFolder(folder).catch((error: unknown) => {
      throw error instanceof DatabaseError ? error : notOpened(folder, error);
    });
    const existed = await stat(folder).then(
      () => true,
      () => false,
    );
    try {
      const pglite = await PGlite.create({ dataDir: folder, parsers });
      return new PgliteDatabase(pglite, lock, `database folder ${folder}`, onCrash);
    } catch (error) {
      const full = await isFull(error, folder);
      // Half a new database would be taken for a whole one by the next open.
      if (!existed) await rm(folder, { recursive: true, force: true });
      await lock.release();
      throw full ? noSpace(folder, error) : notOpened(folder, error);
    }
  }

  async query<T extends Row>(sql: string, params: readonly SqlValue[] = []): Promise<T[]> {
    return this.#guarded(async () => (await this.#pglite.query<T>(sql, [...params])).rows);
  }

  async transaction<T>(work: (tx: SqlExecutor) => Promise<T>): Promise<T> {
    // What `work` throws is passed on as it is: it need not have anything to do with the database.
    let thrown: { error: unknown } | undefined;
    try {
      return await this.#guarded(() =>
        this.#pglite.transaction(async (tx) => {
          const run = <R extends Row>(sql: string, params: readonly SqlValue[] = []): Promise<R[]> =>
            this.#guarded(async () => (await tx.query<R>(sql, [...params])).rows);
          return transactionOf(run, work).catch((error: unknown) => {
            thrown = { error };
            throw error;
          });
        }),
      );
    } catch (error) {
      throw thrown === undefined ? error : thrown.error;
    }
  }

  async close(): Promise<void> {
    if (this.#crash === undefined) await this.#pglite.close();
    await this.#lock?.release();
  }

  /** Runs a call of the instance; fails at once when the instance has crashed, or when it does so meanwhile. */
  async #guarded<T>(call: () => Promise<T>): Promise<T> {
    if (this.#crash !== undefined) throw this.#crash;
    const { promise, resolve, reject } = Promise.withResolvers<T>();
    this.#waiting.add(reject);
    call().then(resolve, reject);
    try {
      return await promise;
    } catch (error) {
      if (hasEnded(error)) this.#crashWith(error);
      throw this.#crash ?? classified(error, this.#where);
    } finally {
      this.#waiting.delete(reject);
    }
  }

  #crashWith(error: unknown): void {
    if (this.#crash !== undefined) return;
    const full = isNoSpace(error);
    const Failure = full ? DatabaseFull : DatabaseUnavailable;
    const crash = new Failure(
      `${this.#where} ${full ? 'has no space left' : 'failed'} and PGlite ended (${messageOf(error)}): ` +
        `restart the process${full ? ' after making space' : ''}; what was committed is safe`,
      { cause: error, needsRestart: true },
    );
    this.#crash = crash;
    for (const reject of this.#waiting) reject(crash);
    this.onCrash(crash);
  }
}

/** Whether the instance ended: PostgreSQL panicked, or its WebAssembly trapped or exited. */
function hasEnded(error: unknown): boolean {
  const severity: unknown =
    typeof error === 'object' && error !== null && 'severity' in error ? error.severity : '';
  if (severity === 'PANIC' || severity === 'FATAL') return true;
  return /^(RuntimeError|ExitStatus|ErrnoError)$/.test(nameOf(error));
}

function isNoSpace(error: unknown): boolean {
  if (classified(error, '') instanceof DatabaseFull) return true;
  return (
    nameOf(error) === 'ErrnoError' &&
    typeof error === 'object' &&
    error !== null &&
    'errno' in error &&
    error.errno === WASI_ENOSPC
  );
}

/** Whether an open failed for want of space. PGlite says so at its creation only; after that it "failed to initialize properly". */
async function isFull(error: unknown, folder: string): Promise<boolean> {
  if (isNoSpace(error)) return true;
  if (codeOf(error) !== '' || !messageOf(error).includes('failed to initialize')) return false;
  const { bavail, bsize } = await statfs(dirname(folder));
  return bavail * bsize < ROOM;
}

function noSpace(folder: string, cause: unknown): DatabaseFull {
  return new DatabaseFull(
    `database folder ${folder} cannot be opened, no space is left: make at least 64 MB of space there and start again`,
    { cause },
  );
}

function notOpened(folder: string, cause: unknown): DatabaseError {
  if (isNoSpace(cause)) return noSpace(folder, cause);
  return new DatabaseError(
    `database folder ${folder} cannot be opened: ${messageOf(cause)}; ` +
      'check that it is a PGlite folder that this user may write, or name another',
    { cause },
  );
}

function nameOf(error: unknown): string {
  return typeof error === 'object' && error !== null && 'name' in error ? String(error.name) : '';
}
