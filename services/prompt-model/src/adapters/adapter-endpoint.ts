/** A failed request to load or list adapters. */
export class AdapterEndpointError extends Error {
  override name = 'AdapterEndpointError';
  constructor(
    message: string,
    /** HTTP status, where there was one. */
    readonly status?: number,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** The part of an inference endpoint that serves adapters. An aborted signal closes the request. */
export abstract class AdapterEndpoint {
  /**
   * Loads the adapter in the folder under a name. A name that is loaded already is a success: names are never reused.
   * @throws AdapterEndpointError
   */
  abstract load(name: string, folder: string, signal: AbortSignal): Promise<void>;
  /** Names of everything the endpoint serves. @throws AdapterEndpointError */
  abstract served(signal: AbortSignal): Promise<ReadonlySet<string>>;
}
