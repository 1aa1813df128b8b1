/** A failure of the launcher that the user can do something about: printed as it is, without a stack trace. */
export class LaunchFailure extends Error {
  /**
   * @param {string} message what happened and what to do
   * @param {number} [exitCode]
   */
  constructor(message, exitCode = 1) {
    super(message);
    this.exitCode = exitCode;
  }
}
