import { parentPort } from 'node:worker_threads';
import { grade, type Kind } from '../support/grade.js';

/** What the worker is asked to grade. */
export interface Task {
  kind: Kind;
  form: 'answer' | 'response';
  text: string;
  gold: string;
}

/** What became of it. */
export interface Outcome {
  correct: boolean;
  /** Processor time of this thread, s. */
  seconds: number;
  /** Of an exception; graders throw none. */
  thrown?: string;
}

parentPort?.on('message', ({ kind, form, text, gold }: Task) => {
  const before = process.threadCpuUsage();
  const outcome: Outcome = { correct: false, seconds: 0 };
  try {
    outcome.correct = grade(kind, form, text, gold).correct;
  } catch (error) {
    outcome.thrown = String(error);
  }
  const { user, system } = process.threadCpuUsage(before);
  parentPort?.postMessage({ ...outcome, seconds: (user + system) / 1e6 } satisfies Outcome);
});
