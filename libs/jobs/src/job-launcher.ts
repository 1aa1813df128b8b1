/** A program to run as a job. */
export interface JobSpec {
  /** Deterministic name, [a-z0-9-]{1,63}; one job of a name runs at a time. */
  name: string;
  /** Program and arguments. */
  command: readonly string[];
  /** Working folder; not set: the launcher's. */
  folder?: string;
}

/** How a job ended: by exit code, or by a signal. */
export interface JobExit {
  code: number | null;
  signal: string | null;
  /** The last lines it wrote to standard error, for the log. */
  errorOutput: string;
}

/** A running job. */
export interface Job {
  readonly name: string;
  /** Standard output, line by line, without line ends. Can be read once. Ends when the job has ended. */
  readonly lines: AsyncIterable<string>;
  /** Settles when the job and all processes it started are gone; never rejects. */
  readonly exit: Promise<JobExit>;
  /** Asks the job to stop, ends it by force after `graceMs`, and settles when it is gone. Idempotent. */
  cancel(graceMs: number): Promise<void>;
}

/** The job could not be started: the program is missing, or a job of the name is running. */
export class JobLaunchError extends Error {
  override name = 'JobLaunchError';
}

/** Where jobs run: a process of this machine, or a cluster. */
export abstract class JobLauncher {
  /** @throws JobLaunchError */
  abstract launch(spec: JobSpec): Promise<Job>;
}
