import { availableParallelism } from 'node:os';
import type { SandboxFailure } from './failure.js';
import { Lane, type Job, type Limits } from './lane.js';
import type { Task } from './protocol.js';

/** Characters that a process may have ahead: handing long texts over takes time, which would count as that of the one before. */
const MOST_AHEAD = 256 * 1024;

export interface SandboxOptions extends Limits {
  /** Most processes at once. Default: one a core, at least 2. */
  processes?: number;
  /** Requests that are sent to a process ahead of time; more are faster, and wait behind one that hangs. Default: 1. */
  depth?: number;
}

/**
 * Runs requests in processes of their own, which are killed past a time and a use of memory; the next request gets a fresh one. Processes are
 * started as they are needed and end with this one. Threads would not do: an allocation that V8 cannot meet ends the whole process, whatever
 * limits a thread has.
 */
export class Sandbox<Request, Answer> {
  readonly #lanes = new Set<Lane>();
  readonly #queue: Job[] = [];
  readonly #most: number;
  readonly #depth: number;
  /** What cannot be begun once is not tried again for each request. */
  #unusable: SandboxFailure | undefined;
  #closed = false;

  constructor(
    private readonly task: Task,
    private readonly options: SandboxOptions,
  ) {
    this.#most = options.processes ?? Math.max(2, availableParallelism());
    this.#depth = options.depth ?? 1;
  }

  /**
   * @param size characters of the request, roughly: long ones are not sent ahead
   * @throws SandboxFailure, the signal's reason
   */
  run(request: Request, signal?: AbortSignal, size = 0): Promise<Answer> {
    if (signal?.aborted) return Promise.reject(signal.reason as Error);
    if (this.#unusable) return Promise.reject(this.#unusable);
    if (this.#closed) return Promise.reject(closed());
    return new Promise<Answer>((resolve, reject) => {
      const settle =
        <T>(how: (value: T) => void) =>
        (value: T): void => {
          signal?.removeEventListener('abort', abort);
          how(value);
        };
      const job: Job = {
        request,
        size,
        resolve: settle((answer) => resolve(answer as Answer)),
        reject: settle(reject),
      };
      const abort = (): void => {
        const waiting = this.#queue.indexOf(job);
        if (waiting >= 0) this.#queue.splice(waiting, 1);
        reject(signal?.reason as Error);
      };
      signal?.addEventListener('abort', abort, { once: true });
      this.#queue.push(job);
      this.#pump();
    });
  }

  /** Ends every process; what is under way fails. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#rejectAll(closed());
    await Promise.all([...this.#lanes].map((lane) => lane.close()));
  }

  #pump(): void {
    while (this.#queue.length > 0) {
      const lane = this.#free();
      if (lane === undefined) return;
      const job = this.#queue.shift();
      if (job) lane.take(job);
    }
  }

  /** An idle process, a new one, or one with room; undefined: all are busy. */
  #free(): Lane | undefined {
    const least = [...this.#lanes].sort((a, b) => a.load - b.load)[0];
    if (least?.load === 0) return least;
    if (this.#lanes.size < this.#most) return this.#start();
    const hasRoom = least !== undefined && least.load < this.#depth && least.size < MOST_AHEAD;
    return hasRoom ? least : undefined;
  }

  #start(): Lane {
    const lane: Lane = new Lane(this.task, this.options, {
      free: () => this.#pump(),
      gone: (left, unusable) => {
        this.#lanes.delete(lane);
        this.#queue.unshift(...left);
        if (unusable) this.#unusable = unusable;
        if (this.#closed || unusable) this.#rejectAll(unusable ?? closed());
        else this.#pump();
      },
    });
    this.#lanes.add(lane);
    return lane;
  }

  #rejectAll(why: Error): void {
    for (const { reject } of this.#queue.splice(0)) reject(why);
  }
}

function closed(): Error {
  return new Error('the sandbox is closed');
}
