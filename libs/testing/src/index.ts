export {
  postgresSkipped,
  startPostgres,
  type PostgresOptions,
  type PostgresServer,
} from './postgres/server.js';
