import type { ChatErrorCode } from '../chat/chat-error.js';
import type { CircuitState } from './circuit-breaker.js';

/** Hears how an endpoint fares: for metrics and the log. Its methods must not throw. */
export abstract class EndpointObserver {
  /** The circuit changed. `reason` is the sentence of the failure that opened it; `opensInMs` the time to the next probe. */
  abstract circuitChanged(endpoint: string, state: CircuitState, reason: string, opensInMs: number): void;
  /** An HTTP request ended. */
  abstract attempted(endpoint: string, outcome: 'OK' | ChatErrorCode): void;
  /** A failed call was tried again (true), or could not be because the retry budget was spent (false). */
  abstract retried(endpoint: string, allowed: boolean): void;
}

/** Hears nothing. */
export class NoObserver extends EndpointObserver {
  override circuitChanged(): void {}
  override attempted(): void {}
  override retried(): void {}
}
