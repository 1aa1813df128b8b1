import { postgresSkipped, startPostgres } from '@trprompt/testing';
import type { SqlDatabase } from '../sql/database.js';
import { openDatabase } from '../sql/open-database.js';

/** Makes databases of one kind. */
export interface DatabaseSource {
  /** A new empty database; closed by `stop` at the latest. */
  open(): Promise<SqlDatabase>;
  /** Closes and removes all of them. */
  stop(): Promise<void>;
}

/** A kind of database that the product runs on. */
export interface DatabaseKind {
  /** For the title of a suite; says why it is skipped, when it is. */
  name: string;
  /** Whether this machine cannot run it. */
  skipped: boolean;
  /** For PostgreSQL this starts a server. */
  start(): Promise<DatabaseSource>;
}

const reason = postgresSkipped();

/** Every kind, for `describe.each`: a suite that passes on all of them holds for the product. */
export const databaseKinds: readonly DatabaseKind[] = [
  { name: 'PGlite', skipped: false, start: async () => sourceOf(() => openDatabase('pglite:memory')) },
  {
    name: reason === undefined ? 'PostgreSQL' : `PostgreSQL (skipped: ${reason})`,
    skipped: reason !== undefined,
    start: postgresSource,
  },
];

async function postgresSource(): Promise<DatabaseSource> {
  const server = await startPostgres();
  const admin = await openDatabase(server.url());
  let made = 0;
  const source = sourceOf(async () => {
    const name = `test_${(made += 1)}`;
    await admin.query(`CREATE DATABASE ${name}`);
    return openDatabase(server.url(name));
  });
  return {
    open: () => source.open(),
    stop: async () => {
      await source.stop();
      await admin.close();
      await server.stop();
    },
  };
}

function sourceOf(open: () => Promise<SqlDatabase>): DatabaseSource {
  const opened: SqlDatabase[] = [];
  return {
    open: async () => {
      const database = await open();
      opened.push(database);
      return database;
    },
    stop: async () => void (await Promise.all(opened.map((database) => database.close()))),
  };
}
