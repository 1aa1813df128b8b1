import { pino, type Logger } from 'pino';

export type { Logger } from 'pino';

/** JSON lines on standard error (standard output is for what a parent process reads). */
export function createLogger(service: string, level = 'info'): Logger {
  return pino(
    {
      level,
      base: { service },
      timestamp: pino.stdTimeFunctions.isoTime,
      redact: ['*.apiKey', '*.authorization', 'apiKey'],
    },
    pino.destination({ fd: 2, sync: true }),
  );
}
