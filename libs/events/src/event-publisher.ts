import type { EventMessage } from './cloud-event.js';

/** Publishes events at least once. */
export abstract class EventPublisher {
  /**
   * Resolves when every message is stored by the broker (all in-sync replicas), in the order given. When it rejects, some may be stored:
   * publish all of them again, consumers de-duplicate by `ce_id`.
   */
  abstract publish(messages: readonly EventMessage[]): Promise<void>;
  /** Ends the connection, within seconds: a publish that is going on may be given up, and later ones are refused. */
  abstract close(): Promise<void>;
}
