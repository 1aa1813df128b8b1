import type { Example } from '@trprompt/core';
import type { Checkpoint } from '../model.js';
import type { Writer } from '../run-store.js';

/** A question of the test split, as it is handed out after the loop. */
export interface TestExample extends Example {
  split: 'test';
}

/** Who wants to read the test split, and for what. */
export interface TestClaim {
  runId: string;
  attempt: number;
  /** What the questions are to score: it has to be the run's best checkpoint. */
  checkpoint: Checkpoint;
}

/** A reading: the questions in the order of the data set, or why they stay sealed. */
export type TestReading = { examples: TestExample[] } | { refused: string };

/**
 * The test split in quarantine. Only the wiring of a run's end knows of this port: what the loop works with has no way to it.
 *
 * A reading is granted when every step of the loop is stored, for the best checkpoint, until the test step is stored; one that a crash cut short goes
 * on with the same checkpoint. The first reading is stored with a TestSplitOpened event, and a refused one with a TestSplitRefused event, each in one
 * transaction.
 */
export abstract class SealedTest {
  /** Throws LeaseLost, DatabaseError, and Error when the stored split is not the one that was sealed. */
  abstract open(claim: TestClaim, writer: Writer): Promise<TestReading>;
}
