import type { SqlExecutor } from '@trprompt/store';
import type { EventPayload, RunEvent } from '../../domain/run-event.js';
import { encodeEvent } from '../event-codec.js';

/** Writes events inside a transaction. The run's row is locked by taking its sequence, so sequences are gapless whoever writes. */
export async function appendEvents(
  tx: SqlExecutor,
  runId: string,
  payloads: readonly EventPayload[],
): Promise<void> {
  if (payloads.length === 0) return;
  const rows = await tx.query<{ sequence: number; now: Date }>(
    'UPDATE runs SET sequence = sequence + $2 WHERE run_id = $1 RETURNING sequence, now() AS now',
    [runId, payloads.length],
  );
  const row = rows[0];
  if (!row) throw new Error(`run ${runId} is not in the database`);
  const events = payloads.map((payload, index): RunEvent => {
    const sequence = row.sequence - payloads.length + index + 1;
    return { eventId: `${runId}/${sequence}`, runId, sequence, time: row.now.toISOString(), payload };
  });
  for (const event of events)
    await tx.query('INSERT INTO events (run_id, sequence, event) VALUES ($1, $2, $3)', [
      runId,
      event.sequence,
      encodeEvent(event),
    ]);
}
