import type { Row, SqlExecutor, SqlValue } from './database.js';

type Run = <R extends Row>(sql: string, params?: readonly SqlValue[]) => Promise<R[]>;

/**
 * Runs `work` over the statements of a transaction and throws the first statement's error even when `work` swallowed it: such a
 * transaction is aborted, and its COMMIT would silently roll back.
 */
export async function transactionOf<T>(run: Run, work: (tx: SqlExecutor) => Promise<T>): Promise<T> {
  let failed: { error: unknown } | undefined;
  const result = await work({
    query: async <R extends Row>(sql: string, params: readonly SqlValue[] = []) => {
      try {
        return await run<R>(sql, params);
      } catch (error) {
        failed ??= { error };
        throw error;
      }
    },
  });
  if (failed !== undefined) throw failed.error;
  return result;
}
