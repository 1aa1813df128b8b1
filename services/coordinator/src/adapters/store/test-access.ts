import type { Row, SqlExecutor } from '@trprompt/store';
import type { TestAccess } from '../../domain/run-store.js';

interface AccessRow extends Row {
  time: Date;
  attempt: number;
  checkpoint: string;
  hash: string;
  refused: string;
}

/** Who read the test split of a run, and who was refused; nothing of what is in it. In order of time. */
export async function testAccessOf(executor: SqlExecutor, runId: string): Promise<TestAccess[]> {
  const rows = await executor.query<AccessRow>(
    `SELECT opened_at AS time, attempt, checkpoint, hash, '' AS refused, 0 AS position FROM test_openings WHERE run_id = $1
     UNION ALL
     SELECT refused_at, attempt, checkpoint, '', reason, position FROM test_refusals WHERE run_id = $1
     ORDER BY time, position`,
    [runId],
  );
  return rows.map(({ time, attempt, checkpoint, hash, refused }) => ({
    time: time.toISOString(),
    attempt,
    checkpoint,
    hash,
    refused,
  }));
}
