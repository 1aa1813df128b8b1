import { isAbsolute } from 'node:path';
import { DatabaseError, type SqlDatabase } from './database.js';
import { PgDatabase, type PgOptions } from './pg-database.js';
import { PgliteDatabase } from './pglite-database.js';

/**
 * Opens what the URL names: `pglite:///absolute/folder` (made when missing), `pglite:memory` (lost at exit) or
 * `postgres://user:password@host:port/database`, with `?sslmode=` and `&sslrootcert=` as libpq understands them. `options` are for
 * PostgreSQL. Throws DatabaseError; DatabaseUnavailable when a PostgreSQL server does not come up in time.
 */
export async function openDatabase(url: string, options: PgOptions = {}): Promise<SqlDatabase> {
  if (url === 'pglite:memory') return PgliteDatabase.open(undefined);
  if (url.startsWith('pglite://')) {
    const folder = decodeURIComponent(url.slice('pglite://'.length));
    if (!isAbsolute(folder))
      throw new DatabaseError(`database URL ${url} has no absolute folder; write pglite:///absolute/folder`);
    return PgliteDatabase.open(folder);
  }
  if (/^postgres(ql)?:\/\//.test(url)) return PgDatabase.open(url, options);
  throw new DatabaseError(
    `database URL ${url.split(':')[0]}:... is not supported; use pglite:///absolute/folder or postgres://user:password@host:port/database`,
  );
}
