import type { Environment } from '../config/environment.js';
import { readEnvironment } from '../config/environment.js';
import { exitCodes } from './exit-codes.js';

/** Where text goes: a stream, and what is known of the terminal behind it. */
export type OutputStream = NodeJS.WritableStream & { isTTY?: boolean; columns?: number; rows?: number };

/** Everything the command touches outside itself, so that tests can stand in for it. */
export interface Io {
  stdin: NodeJS.ReadableStream;
  stdout: OutputStream;
  stderr: OutputStream;
  environment: Environment;
  workingDirectory: string;
  /** Milliseconds since some fixed moment. */
  now(): number;
  /** Calls `handler` on Ctrl-C instead of ending the process; returns how to stop that. */
  onInterrupt(handler: () => void): () => void;
}

/** The process itself. A second Ctrl-C ends it at once. */
export function processIo(): Io {
  const environment = readEnvironment();
  return {
    stdin: process.stdin,
    stdout: process.stdout,
    stderr: process.stderr,
    environment,
    workingDirectory: environment.workingDirectory ?? process.cwd(),
    now: () => Date.now(),
    onInterrupt: (handler) => {
      let interrupted = false;
      // Not `once`: what restores the cursor ends the process on a signal that has no other listener (any more).
      const listener = (): void => {
        if (interrupted) process.exit(exitCodes.interrupted);
        interrupted = true;
        handler();
      };
      process.on('SIGINT', listener);
      return () => process.removeListener('SIGINT', listener);
    },
  };
}
