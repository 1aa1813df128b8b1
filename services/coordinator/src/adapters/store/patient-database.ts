import { setTimeout as delay } from 'node:timers/promises';
import { DatabaseUnavailable, SqlDatabase, type Row, type SqlExecutor, type SqlValue } from '@trprompt/store';

const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 2000;

/**
 * A database whose single statements wait while it is away, until `stop` is aborted. For reads: a statement whose answer was lost runs again.
 * Transactions do not wait: only who began one knows how to repeat it.
 */
export class PatientDatabase extends SqlDatabase {
  constructor(
    private readonly database: SqlDatabase,
    private readonly stop: AbortSignal,
  ) {
    super();
  }

  get exclusive(): boolean {
    return this.database.exclusive;
  }

  async query<T extends Row>(sql: string, params?: readonly SqlValue[]): Promise<T[]> {
    for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs = Math.min(LONGEST_PAUSE_MS, pauseMs * 2)) {
      try {
        return await this.database.query<T>(sql, params);
      } catch (error) {
        if (!(error instanceof DatabaseUnavailable) || error.needsRestart || this.stop.aborted) throw error;
        await delay(pauseMs, undefined, { signal: this.stop }).catch(() => undefined);
      }
    }
  }

  transaction<T>(work: (tx: SqlExecutor) => Promise<T>): Promise<T> {
    return this.database.transaction(work);
  }

  close(): Promise<void> {
    return this.database.close();
  }
}
