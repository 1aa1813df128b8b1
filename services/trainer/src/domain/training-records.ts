import type { Training } from './training.js';

/** A training as it is kept over restarts of the service. */
export interface TrainingRecord {
  /** Hash of the request: the same name must not mean another training. */
  requestHash: string;
  training: Training;
}

/** Where trainings are kept. */
export abstract class TrainingRecords {
  /** @returns undefined when there is no training of this name */
  abstract read(name: string): Promise<TrainingRecord | undefined>;
  /** Replaces the record atomically. */
  abstract write(record: TrainingRecord): Promise<void>;
}
