export {
  freePort,
  postgresSkipped,
  startPostgres,
  type PostgresOptions,
  type PostgresServer,
} from './postgres/server.js';
export { smallDiskSkipped, startSmallDisk, type SmallDisk } from './small-disk.js';
