import { isAbsolute } from 'node:path';
import { DatabaseError, type SqlDatabase } from './database.js';
import { PgDatabase } from './pg-database.js';
import { PgliteDatabase } from './pglite-database.js';

/**
 * Opens what the URL names: `pglite:///absolute/folder` (made when missing), `pglite:memory` (lost at exit) or
 * `postgres://user:password@host:port/database`. Throws DatabaseError.
 */
export async function openDatabase(url: string): Promise<SqlDatabase> {
  if (url === 'pglite:memory') return PgliteDatabase.open(undefined);
  if (url.startsWith('pglite://')) {
    const folder = decodeURIComponent(url.slice('pglite://'.length));
    if (!isAbsolute(folder))
      throw new DatabaseError(`database URL ${url} has no absolute folder; write pglite:///absolute/folder`);
    return PgliteDatabase.open(folder);
  }
  if (/^postgres(ql)?:\/\//.test(url)) return PgDatabase.open(url);
  throw new DatabaseError(
    `database URL ${url.split(':')[0]}:... is not supported; use pglite:///absolute/folder or postgres://user:password@host:port/database`,
  );
}
