import { DatabaseError } from './database.js';

const MODES = ['disable', 'prefer', 'require', 'verify-ca', 'verify-full'];

/** A PostgreSQL URL as the driver gets it, and as it may be shown. */
export interface PgUrl {
  /** With libpq's meaning of `sslmode`. */
  connection: string;
  /** The same without TLS, for `sslmode=prefer` and a server that has none. */
  withoutTls: string | undefined;
  /** "PostgreSQL at host:port, database name, user name": never the password. */
  shown: string;
}

/** Reads `postgres://user:password@host:port/database?sslmode=...&sslrootcert=...`. Throws DatabaseError, without the password. */
export function parsePgUrl(text: string): PgUrl {
  const url = parsed(text);
  const mode = url.searchParams.get('sslmode');
  if (mode !== null && !MODES.includes(mode))
    throw new DatabaseError(
      `sslmode of the database URL is ${JSON.stringify(mode)}; use one of ${MODES.join(', ')}`,
    );
  if (mode === 'verify-ca' && !url.searchParams.has('sslrootcert'))
    throw new DatabaseError(
      'sslmode=verify-ca of the database URL needs a CA to verify with: add &sslrootcert=/file/of/ca.pem, or use verify-full',
    );
  // node-postgres takes every mode for verify-full unless it is told to mean what libpq means.
  if (mode !== null) url.searchParams.set('uselibpqcompat', 'true');
  const plain = new URL(url);
  plain.searchParams.set('sslmode', 'disable');
  return {
    connection: url.href,
    withoutTls: mode === 'prefer' ? plain.href : undefined,
    shown: shown(url),
  };
}

function parsed(text: string): URL {
  try {
    return new URL(text);
  } catch {
    // Neither the text nor its parts are shown: the password may be in any of them.
    throw new DatabaseError(
      'the database URL is no URL; write postgres://user:password@host:port/database and percent-encode special characters of the password',
    );
  }
}

function shown(url: URL): string {
  const database = url.pathname.slice(1);
  // A password with a raw slash shifts all parts of the URL.
  if (database.includes('@') || database.includes('/')) return 'PostgreSQL';
  return `PostgreSQL at ${url.host === '' ? 'the local socket' : url.host}, database ${database === '' ? url.username : database}, user ${url.username}`;
}
