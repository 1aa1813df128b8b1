import type { Row, SqlExecutor } from '@trprompt/store';
import type { Phase, StepKey } from '../../domain/model.js';

interface GivenUpRow extends Row {
  iteration: number;
  phase: Phase;
  item_id: string;
  reason: string;
}

/**
 * Items that were given up, of all steps, those of searches as "<candidate>:<question>". What a search took over from an evaluation is told by the
 * evaluation alone.
 */
export async function givenUpOf(
  executor: SqlExecutor,
  runId: string,
): Promise<(StepKey & { itemId: string; reason: string })[]> {
  const rows = await executor.query<GivenUpRow>(
    `SELECT iteration, phase, item_id, error AS reason FROM items WHERE run_id = $1 AND error IS NOT NULL
     UNION ALL
     SELECT iteration, 'search', (message->>'candidateId') || ':' || (message->>'itemId'), message->>'error' FROM search_messages
     WHERE run_id = $1 AND ${lostItem('search_messages')}
     ORDER BY iteration, phase, item_id`,
    [runId],
  );
  return rows.map(({ iteration, phase, item_id, reason }) => ({ iteration, phase, itemId: item_id, reason }));
}

/** Items that were given up in steps that are not finished are forgotten, so that they get another chance; in a search those of candidates without a decision. */
export async function forgetGivenUp(tx: SqlExecutor, runId: string): Promise<void> {
  await tx.query(
    `DELETE FROM items WHERE run_id = $1 AND error IS NOT NULL AND NOT EXISTS (
       SELECT 1 FROM steps WHERE steps.run_id = items.run_id AND steps.iteration = items.iteration AND steps.phase = items.phase)`,
    [runId],
  );
  const forgotten = await tx.query(
    `DELETE FROM search_messages s WHERE run_id = $1 AND ${lostItem('s')}
       AND NOT EXISTS (SELECT 1 FROM steps t WHERE t.run_id = s.run_id AND t.iteration = s.iteration AND t.phase = 'search')
       AND NOT EXISTS (SELECT 1 FROM search_messages d WHERE d.run_id = s.run_id AND d.iteration = s.iteration
         AND d.message->>'kind' = 'decision' AND d.message->>'candidateId' = s.message->>'candidateId')
     RETURNING seq`,
    [runId],
  );
  if (forgotten.length === 0) return;
  // The history of a search has no gaps. By way of negative numbers, since the key is checked row by row.
  await tx.query(
    `UPDATE search_messages s SET seq = -r.n FROM (
       SELECT iteration, seq, row_number() OVER (PARTITION BY iteration ORDER BY seq) AS n FROM search_messages WHERE run_id = $1) r
     WHERE s.run_id = $1 AND s.iteration = r.iteration AND s.seq = r.seq`,
    [runId],
  );
  await tx.query('UPDATE search_messages SET seq = -seq - 1 WHERE run_id = $1', [runId]);
}

/** Condition: the message is of a question that this search asked and gave up. */
function lostItem(table: string): string {
  const field = (name: string): string => `${table}.message->>'${name}'`;
  return `${field('kind')} = 'item' AND ${field('error')} IS NOT NULL AND ${field('known')} IS NULL`;
}
