import { setMaxListeners } from 'node:events';
import pLimit from 'p-limit';

/**
 * Runs every item and yields what each returned in order of completion, so that one slow item holds up nothing.
 *
 * A runner that rejects ends the stream with its error. The signal given to runners is aborted when the caller's is, when a runner rejects,
 * and when the consumer stops reading early.
 * @param options.concurrency most items that run at once; unset: all (a ChatModel bounds itself)
 */
export async function* completeBatch<Item, Result>(
  items: readonly Item[],
  run: (item: Item, signal: AbortSignal) => Promise<Result>,
  signal: AbortSignal,
  options: { concurrency?: number } = {},
): AsyncGenerator<Result, void, undefined> {
  const own = new AbortController();
  // One listener per call in flight is no leak.
  setMaxListeners(0, own.signal);
  const stop = (): void => own.abort(signal.reason);
  if (signal.aborted) stop();
  else signal.addEventListener('abort', stop, { once: true });
  const done: Result[] = [];
  const failures: unknown[] = [];
  let wake: () => void = () => {};
  own.signal.addEventListener('abort', () => wake(), { once: true });
  const start = limited(options.concurrency);
  for (const item of items) {
    void start(() => {
      own.signal.throwIfAborted();
      return run(item, own.signal);
    })
      .then((result) => done.push(result))
      .catch((error: unknown) => failures.push(error))
      .finally(() => wake());
  }
  try {
    for (let yielded = 0; yielded < items.length;) {
      if (own.signal.aborted) throw own.signal.reason;
      if (done.length === 0 && failures.length === 0) {
        await new Promise<void>((resolve) => (wake = resolve));
      }
      while (done.length > 0) {
        yielded++;
        yield done.shift() as Result;
      }
      if (failures.length > 0) throw failures[0];
    }
  } finally {
    signal.removeEventListener('abort', stop);
    own.abort(new Error('the batch ended'));
  }
}

function limited(concurrency?: number): <T>(run: () => Promise<T>) => Promise<T> {
  if (concurrency !== undefined) return pLimit(concurrency);
  return async (run) => run();
}
