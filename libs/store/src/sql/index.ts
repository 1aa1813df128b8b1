export {
  DatabaseError,
  DatabaseFull,
  DatabaseUnavailable,
  SqlDatabase,
  SqlExecutor,
  type Row,
  type SqlValue,
} from './database.js';
export { migrate, type Migration } from './migrate.js';
export { openDatabase } from './open-database.js';
export type { PgOptions as DatabaseOptions } from './pg-database.js';
