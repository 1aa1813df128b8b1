/**
 * A set-up failure the user can do something about. The message is one sentence that says what happened and what
 * to do; it is printed without a stack trace.
 */
export class SetupFailure extends Error {
  /**
   * @param {string} message what happened and what to do
   * @param {{ exitCode?: number, logged?: boolean }} [options] logged: the log file holds more about it
   */
  constructor(message, { exitCode = 1, logged = false } = {}) {
    super(message);
    this.exitCode = exitCode;
    this.logged = logged;
  }
}
