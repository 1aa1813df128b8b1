/** Why an adapter cannot be served. */
export type AdapterProblem =
  /** The store has no such artefact. */
  | 'missing'
  /** Its files do not match its hashes. */
  | 'corrupt'
  /** The reference is none. */
  | 'invalid-reference'
  /** The endpoint said no for good, for instance since the base model differs. */
  | 'refused'
  /** The endpoint cannot be reached, or did not list the adapter after all tries. */
  | 'unavailable';

/** An adapter that cannot be served. The message is one sentence for a person. */
export class AdapterError extends Error {
  override name = 'AdapterError';
  constructor(
    readonly code: AdapterProblem,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}
