import type { EventKind } from '@trprompt/events';

/** What --help offers. */
export interface EventsOptions {
  /** Brokers, or true: those of the environment or of the mesh that runs here. */
  kafka?: string | true;
  group?: string;
  since?: number;
  fromBeginning?: boolean;
  kind?: EventKind[];
}

/** What to follow, from either source. */
export interface EventsRequest {
  /** Undefined: all runs. */
  runId: string | undefined;
  /** Events after this sequence. */
  since: number;
  fromBeginning: boolean;
  kinds: ReadonlySet<EventKind>;
  signal: AbortSignal;
  /** A remark for the person that watches. */
  note: (text: string) => void;
}
