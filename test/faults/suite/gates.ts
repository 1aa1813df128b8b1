import { setTimeout as delay } from 'node:timers/promises';
import { Client } from 'pg';
import type { Scope } from './scope.js';
import { phases, stepName, type Step } from './task.js';

/**
 * Where a coordinator can be held inside its transactions.
 * entry: while it commits the begin of a step. commit: in the middle of the transaction that ends a step; dying there rolls it back.
 * items: in the middle of a transaction that stores answers. committed: inside COMMIT of that transaction; dying there leaves it committed, unknown to the coordinator.
 */
export const gateKinds = ['entry', 'commit', 'committed', 'items'] as const;
export type GateKind = (typeof gateKinds)[number];

/** Namespace of the advisory locks. */
const NAMESPACE = 7701;
const POLL_MS = 5;
const PATIENCE_MS = 60_000;

/** Each trigger waits for an advisory lock whose key is 100,000 kind + 100 iteration + phase: free unless the suite has taken it. */
const triggers = `
CREATE FUNCTION faults_gate() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_advisory_xact_lock_shared(${NAMESPACE}, TG_ARGV[0]::integer * 100000 + NEW.iteration * 100
    + coalesce(array_position(ARRAY[${phases.map((phase) => `'${phase}'`).join(', ')}], NEW.phase), 99));
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER faults_entry AFTER UPDATE OF phase ON runs DEFERRABLE INITIALLY DEFERRED
  FOR EACH ROW EXECUTE FUNCTION faults_gate('1');
CREATE TRIGGER faults_commit AFTER INSERT ON steps FOR EACH ROW EXECUTE FUNCTION faults_gate('2');
CREATE CONSTRAINT TRIGGER faults_committed AFTER INSERT ON steps DEFERRABLE INITIALLY DEFERRED
  FOR EACH ROW EXECUTE FUNCTION faults_gate('3');
CREATE TRIGGER faults_items AFTER INSERT ON items FOR EACH ROW EXECUTE FUNCTION faults_gate('4');`;

/** Holds a coordinator on PostgreSQL at chosen points of its transactions, by advisory locks that triggers wait for. */
export class Gates {
  readonly #closed = new Set<number>();

  private constructor(
    private client: Client,
    private readonly url: string,
  ) {}

  /** Connects and adds the triggers to a database that the coordinator has migrated. */
  static async install(scope: Scope, url: string): Promise<Gates> {
    const gates = await Gates.connect(scope, url);
    await gates.installTriggers();
    return gates;
  }

  static async connect(scope: Scope, url: string): Promise<Gates> {
    const gates = new Gates(await connected(url), url);
    scope.defer(() => gates.client.end().catch(() => undefined));
    return gates;
  }

  /** After a restart of the server: connects again and closes what was closed, except what somebody waited at. */
  async reconnect(reached?: { kind: GateKind; step: Step }): Promise<void> {
    await this.client.end().catch(() => undefined);
    this.client = await connected(this.url);
    if (reached) this.#closed.delete(keyOf(reached.kind, reached.step));
    for (const key of this.#closed) await this.#lock(key);
  }

  async installTriggers(): Promise<void> {
    await this.client.query(triggers);
  }

  /** Closes a gate: whoever comes to it waits. */
  async close(kind: GateKind, step: Step): Promise<void> {
    const key = keyOf(kind, step);
    this.#closed.add(key);
    await this.#lock(key);
  }

  /** Opens a gate that was closed. */
  async open(kind: GateKind, step: Step): Promise<void> {
    const key = keyOf(kind, step);
    if (this.#closed.delete(key))
      await this.client.query('SELECT pg_advisory_unlock($1, $2)', [NAMESPACE, key]);
  }

  /** Resolves when someone waits at the closed gate. @throws Error after a minute */
  async reached(kind: GateKind, step: Step, signal: AbortSignal): Promise<void> {
    const deadline = Date.now() + PATIENCE_MS;
    while (Date.now() < deadline) {
      signal.throwIfAborted();
      const { rowCount } = await this.client.query(
        `SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND NOT granted AND classid = $1 AND objid = $2`,
        [NAMESPACE, keyOf(kind, step)],
      );
      if (rowCount) return;
      await delay(POLL_MS);
    }
    throw new Error(`the run did not come to ${kind} of ${stepName(step)} within ${PATIENCE_MS / 1000} s`);
  }

  /** Any query, for what a scenario has to look up. */
  async query<Row>(sql: string, params: readonly unknown[] = []): Promise<Row[]> {
    return (await this.client.query(sql, [...params])).rows as Row[];
  }

  async #lock(key: number): Promise<void> {
    await this.client.query('SELECT pg_advisory_lock($1, $2)', [NAMESPACE, key]);
  }
}

async function connected(url: string): Promise<Client> {
  const client = new Client({ connectionString: url });
  // The server may be killed by the scenario; what waits then fails by itself.
  client.on('error', () => undefined);
  await client.connect();
  return client;
}

function keyOf(kind: GateKind, { iteration, phase }: Step): number {
  return (gateKinds.indexOf(kind) + 1) * 100_000 + iteration * 100 + phases.indexOf(phase) + 1;
}
