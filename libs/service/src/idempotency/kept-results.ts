import { IdempotentResults } from './idempotent-results.js';

/** The settings of `keptResultsConfigFields`. */
export interface KeptResultsSettings {
  TRPROMPT_KEPT_RESULTS: number;
  TRPROMPT_KEPT_RESULTS_MIB: number;
}

/**
 * Nest provider of the results that a service keeps by idempotency key.
 * @param refuse makes the error of a key that was used for another request
 */
export function keptResults<Result>(settings: KeptResultsSettings, refuse: (message: string) => Error) {
  const options = {
    maxEntries: settings.TRPROMPT_KEPT_RESULTS,
    maxBytes: settings.TRPROMPT_KEPT_RESULTS_MIB * 1024 * 1024,
    refuse,
  };
  return { provide: IdempotentResults, useFactory: () => new IdempotentResults<Result>(options) };
}
