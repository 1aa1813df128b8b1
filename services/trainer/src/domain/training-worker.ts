import type { Job } from '@trprompt/jobs';
import type { TrainingRequest } from './training.js';

/** What a worker gets: artefacts as local paths, the template as text. */
export interface WorkerInput {
  request: TrainingRequest;
  datasetPath: string;
  initialAdapterPath: string | undefined;
  template: { system: string; user: string };
}

/** Starts workers and knows where their output lies. */
export abstract class TrainingWorker {
  abstract start(input: WorkerInput): Promise<Job>;
  /** The folder that a worker that succeeded has made. */
  abstract outputFolder(name: string): string;
  /** Removes checkpoint and job file of a training that is done. */
  abstract tidy(name: string): Promise<void>;
}
