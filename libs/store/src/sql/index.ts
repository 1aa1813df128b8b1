export {
  DatabaseError,
  DatabaseUnavailable,
  SqlDatabase,
  SqlExecutor,
  type Row,
  type SqlValue,
} from './database.js';
export { migrate, type Migration } from './migrate.js';
export { openDatabase } from './open-database.js';
