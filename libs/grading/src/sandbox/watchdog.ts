/**
 * A thread of a sandboxed process. Heap limits do not cover what is outside of the heap (buffers), and a process whose main thread is in a
 * loop does not notice that its parent is gone; a thread of its own sees both.
 */
import { workerData } from 'node:worker_threads';

const INTERVAL_MS = 20;

const { mostBytes, parent } = workerData as { mostBytes: number; parent: number };

setInterval(() => {
  if (process.memoryUsage.rss() > mostBytes || process.ppid !== parent) process.kill(process.pid, 'SIGKILL');
}, INTERVAL_MS);
