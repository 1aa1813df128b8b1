export { parseConfig, readConfig, ConfigError, EXIT_CONFIG } from './config/read-config.js';
export {
  flag,
  serverConfig,
  grpcServerConfig,
  llmConfigFields,
  type ServerConfig,
  type GrpcServerConfig,
} from './config/fields.js';
export { createLogger, type Logger } from './logger.js';
export * from './status/status-error.js';
export { toWireStatus, type WireStatus } from './status/status.filter.js';
export { toObservable } from './server/to-observable.js';
export { announceListening, exitWithParent, onShutdown } from './server/lifecycle.js';
export {
  runGrpcService,
  type GrpcServiceOptions,
  type RunningService,
  type ServedService,
} from './server/grpc-service.js';
export { loadTemplates, defaultTemplatesFolder } from './templates/load-templates.js';
export { Counter, Gauge, Registry } from 'prom-client';
