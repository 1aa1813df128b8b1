import { migrate, openDatabase, type SqlDatabase } from '@trprompt/store';
import { migrations } from '../adapters/store/migrations.js';
import { SqlLeases } from '../adapters/store/sql-leases.js';
import { SqlRunStore } from '../adapters/store/sql-run-store.js';
import { SqlSealedTest } from '../adapters/store/sql-sealed-test.js';

/** Store, leases and test splits of the same database. */
export interface Stores {
  store: SqlRunStore;
  leases: SqlLeases;
  sealedTest: SqlSealedTest;
  database: SqlDatabase;
}

/** Those of a database, which is given its schema. */
export async function storesOf(database: SqlDatabase): Promise<Stores> {
  await migrate(database, migrations);
  return {
    store: new SqlRunStore(database),
    leases: new SqlLeases(database),
    sealedTest: new SqlSealedTest(database),
    database,
  };
}

let opened: Promise<Stores> | undefined;

/** Those of a database in memory, one for all tests of a file: making one takes seconds. */
export function memory(): Promise<Stores> {
  opened ??= openDatabase('pglite:memory').then(storesOf);
  return opened;
}
