export { databaseKinds, type DatabaseKind, type DatabaseSource } from './database-kinds.js';
