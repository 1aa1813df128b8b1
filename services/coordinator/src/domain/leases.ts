/** The right to work on something, until it expires or somebody else takes it. */
export interface Lease {
  /** What is held: "run/<run id>", or "relay". */
  name: string;
  /** The process that holds it. */
  owner: string;
  /** Fencing epoch: grows with every change of hands, so that writes of an earlier holder can be told and refused. */
  epoch: number;
}

/** The lease of the event relay: of all coordinators one publishes. */
export const RELAY_LEASE = 'relay';

const RUN_PREFIX = 'run/';

/** The run that the lease of a run is for. */
export function runOfLease({ name }: Lease): string {
  return name.slice(RUN_PREFIX.length);
}

/** Somebody else holds the lease by now: nothing that was done under it since may be written. */
export class LeaseLost extends Error {
  override readonly name = 'LeaseLost';
  constructor(lease: Lease) {
    super(`${lease.name}: the lease of epoch ${lease.epoch} was taken over by another coordinator`);
  }
}

/**
 * Leases in the database, by its clock, so that the clocks of coordinators do not matter. The epoch fences them (Gray and Cheriton, "Leases", 1989;
 * Burrows, "The Chubby lock service", 2006, section 2.4, calls it a sequencer).
 */
export abstract class Leases {
  /**
   * Takes the leases of all runs that are unfinished and free or expired; with `takeOver` also those that others hold, which only a process may ask that
   * has the database for itself.
   */
  abstract claimRuns(owner: string, lifeMs: number, takeOver: boolean): Promise<Lease[]>;
  /** Takes one lease when it is free or expired (`takeOver`: in any case); undefined when somebody else holds it. */
  abstract claim(name: string, owner: string, lifeMs: number, takeOver: boolean): Promise<Lease | undefined>;
  /** Prolongs those that are still held in the same epoch and returns their names. */
  abstract renew(leases: readonly Lease[], lifeMs: number): Promise<Set<string>>;
  /** Lets go of what is still held, so that others need not wait for the expiry. */
  abstract release(leases: readonly Lease[]): Promise<void>;
}
