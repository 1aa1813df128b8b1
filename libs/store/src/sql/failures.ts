import { DatabaseFull, DatabaseUnavailable } from './database.js';

const NO_SPACE = 'No space left on device';

/** SQLSTATEs that say something of the server and nothing of the statement (PostgreSQL documentation, appendix A). */
const STATES: readonly (readonly [pattern: RegExp, what: string])[] = [
  [/^08/, 'the connection broke'],
  [/^53/, 'the server is out of resources'],
  [/^57P0/, 'the server is starting up, shutting down, or ended the connection'],
  [/^25P03$/, 'the transaction was idle for too long and was ended'],
  // Both mean waiting for a lock, in practice: whoever holds it is slow, paused or gone.
  [/^57014$|^55P03$/, 'the statement took too long and was ended'],
];

const SOCKET =
  /^(ECONN(REFUSED|RESET|ABORTED)|EPIPE|ETIMEDOUT|E(HOST|NET)(UNREACH|DOWN)|ENOTFOUND|EAI_AGAIN)$/;

/** What node-postgres says without a code when a connection cannot be made or is lost. */
const DRIVER =
  /^(Connection terminated|timeout e|Query read timeout|Client has encountered a connection err)/;

/**
 * DatabaseUnavailable or DatabaseFull when `error` says that the database failed, and not the statement; `error` itself otherwise.
 * @param where names the database without its password
 */
export function classified(error: unknown, where: string): unknown {
  if (error instanceof DatabaseUnavailable) return error;
  const message = messageOf(error);
  const code = codeOf(error);
  if (code === '53100' || code === 'ENOSPC' || message.includes(NO_SPACE))
    return new DatabaseFull(`${where} has no space left (${message}): make space where its data lies`, {
      cause: error,
    });
  const state = STATES.find(([pattern]) => pattern.test(code));
  if (state !== undefined)
    return new DatabaseUnavailable(`${where}: ${state[1]} (${message})`, { cause: error });
  // A local socket that is not there is ENOENT; so is a certificate's file, but that one is opened and not connected to.
  if (SOCKET.test(code) || DRIVER.test(message) || syscallOf(error) === 'connect')
    return new DatabaseUnavailable(`${where} cannot be reached: ${message}`, { cause: error });
  return error;
}

/** SQLSTATE or system error code; empty when there is none. */
export function codeOf(error: unknown): string {
  const code: unknown = typeof error === 'object' && error !== null && 'code' in error ? error.code : '';
  return typeof code === 'string' ? code : '';
}

function syscallOf(error: unknown): unknown {
  return typeof error === 'object' && error !== null && 'syscall' in error ? error.syscall : undefined;
}

/** The message; of an AggregateError (a host with several addresses) those of its parts. */
export function messageOf(error: unknown): string {
  if (error instanceof AggregateError) return error.errors.map(messageOf).join('; ');
  return error instanceof Error ? error.message : String(error);
}
