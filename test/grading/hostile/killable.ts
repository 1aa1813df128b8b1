import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import type { Outcome, Task } from './worker.js';

const script = new URL('../../dist/grading/hostile/worker.js', import.meta.url);

// Without execArgv the thread would inherit the conditions under which Vitest loads sources.
/** Grades in a thread of its own, which is ended when it does not answer. */
export class KillableGrader {
  private worker = new Worker(script, { execArgv: [] });

  /** @returns undefined when there was no answer within the time, s */
  async grade(task: Task, limit: number): Promise<Outcome | undefined> {
    const controller = new AbortController();
    const timer = setTimeout(() => controller.abort(), limit * 1000);
    this.worker.postMessage(task);
    try {
      const [outcome] = (await once(this.worker, 'message', { signal: controller.signal })) as [Outcome];
      return outcome;
    } catch (error) {
      await this.worker.terminate();
      this.worker = new Worker(script, { execArgv: [] });
      return controller.signal.aborted
        ? undefined
        : { correct: false, seconds: 0, thrown: `the thread ended: ${String(error)}` };
    } finally {
      clearTimeout(timer);
    }
  }

  async close(): Promise<void> {
    await this.worker.terminate();
  }
}
