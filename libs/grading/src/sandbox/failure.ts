/** Why a sandboxed request has no answer. */
export type SandboxProblem =
  /** Took longer than it may. */
  | 'time'
  /** Used more memory than it may. */
  | 'memory'
  /** Threw, or answered what is no answer. */
  | 'threw'
  /** Ended its process. */
  | 'ended'
  /** Cannot be begun at all. */
  | 'unusable';

/** A request that a sandboxed process did not answer. */
export class SandboxFailure extends Error {
  override name = 'SandboxFailure';

  constructor(
    readonly problem: SandboxProblem,
    message: string,
  ) {
    super(message);
  }
}
