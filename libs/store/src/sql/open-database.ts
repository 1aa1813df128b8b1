import { isAbsolute } from 'node:path';
import { DatabaseError, type DatabaseUnavailable, type SqlDatabase } from './database.js';
import { PgDatabase, type PgOptions } from './pg-database.js';
import { PgliteDatabase } from './pglite-database.js';

/** How a database is used; most of it concerns PostgreSQL. */
export interface DatabaseOptions extends PgOptions {
  /** Called once when a PGlite instance has ended itself: only another process can open its folder again. */
  onCrash?: (failure: DatabaseUnavailable) => void;
}

/**
 * Opens what the URL names: `pglite:///absolute/folder` (made when missing), `pglite:memory` (lost at exit) or
 * `postgres://user:password@host:port/database`, with `?sslmode=` and `&sslrootcert=` as libpq understands them. Throws DatabaseError; DatabaseUnavailable when a PostgreSQL server does not come up in time.
 */
export async function openDatabase(url: string, options: DatabaseOptions = {}): Promise<SqlDatabase> {
  if (url === 'pglite:memory') return PgliteDatabase.open(undefined, options.onCrash);
  if (url.startsWith('pglite://')) {
    const folder = decodeURIComponent(url.slice('pglite://'.length));
    if (!isAbsolute(folder))
      throw new DatabaseError(`database URL ${url} has no absolute folder; write pglite:///absolute/folder`);
    return PgliteDatabase.open(folder, options.onCrash);
  }
  if (/^postgres(ql)?:\/\//.test(url)) return PgDatabase.open(url, options);
  throw new DatabaseError(
    `database URL ${url.split(':')[0]}:... is not supported; use pglite:///absolute/folder or postgres://user:password@host:port/database`,
  );
}
