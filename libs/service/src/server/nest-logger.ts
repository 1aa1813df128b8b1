import type { LoggerService } from '@nestjs/common';
import type { Logger } from '../logger.js';

/** Nest's own messages in the service's log; its start-up chatter is kept to debug. */
export class NestLogger implements LoggerService {
  constructor(private readonly logger: Logger) {}
  log(message: unknown): void {
    this.logger.debug(String(message));
  }
  debug(message: unknown): void {
    this.logger.debug(String(message));
  }
  verbose(message: unknown): void {
    this.logger.trace(String(message));
  }
  warn(message: unknown): void {
    this.logger.warn(String(message));
  }
  error(message: unknown, stack?: string): void {
    this.logger.error({ stack }, message instanceof Error ? message.message : String(message));
  }
  fatal(message: unknown): void {
    this.logger.fatal(String(message));
  }
}
