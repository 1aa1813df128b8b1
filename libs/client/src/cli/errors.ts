import { DatasetError } from '@trprompt/datasets';
import { TrpromptError } from '../sdk/errors.js';
import { exitCodes } from './exit-codes.js';

/** Ends the command with a message and an exit code. */
export class CliError extends Error {
  override name = 'CliError';

  constructor(
    message: string,
    readonly exitCode: number = exitCodes.usage,
    /** A word for machines. */
    readonly code = 'usage',
  ) {
    super(message);
  }

  /** What is said, and with which exit code, when a command threw. */
  static from(error: unknown, address: string | undefined): CliError {
    if (error instanceof CliError) return error;
    if (error instanceof DatasetError) return new CliError(error.message, exitCodes.usage, 'data');
    const known = TrpromptError.from(error);
    switch (known.code) {
      case 'unreachable':
        return new CliError(
          `No mesh answers${address ? ` at ${address}` : ''}: start one with \`npm run mesh\`.`,
          exitCodes.unreachable,
          known.code,
        );
      case 'invalid':
        return new CliError(known.message, exitCodes.usage, known.code);
      default:
        return new CliError(known.message, exitCodes.failed, known.code);
    }
  }
}
