import { sha256Hex } from '@trprompt/core';

export interface IdempotentResultsOptions {
  /** Most results that are kept, 0 or more; the least recently used goes first. 0: none is kept, calls in flight are joined all the same. */
  maxEntries: number;
  /** Most memory for kept results, bytes, as `sizeOf` estimates them. */
  maxBytes: number;
  /** Makes the error of a key that was used for another request, from a sentence that names the key. */
  refuse: (message: string) => Error;
}

interface Kept<Result> {
  request: string;
  result: Result;
  bytes: number;
}

interface Running<Result> {
  request: string;
  abort: AbortController;
  /** Callers that still wait. */
  waiting: number;
  result: Promise<Result>;
}

/** What an entry takes besides its texts, roughly, bytes. */
const ENTRY_BYTES = 300;

/**
 * Results by idempotency key, in memory: work that was done is not done again for a caller that did not hear of it (it was killed, or the answer was
 * lost). Only successes are kept, so a failed call may be tried again under its key. A key stands for one request: with another one it is refused.
 */
export class IdempotentResults<Result> {
  readonly #options: IdempotentResultsOptions;
  /** In the order of their last use, oldest first. */
  readonly #kept = new Map<string, Kept<Result>>();
  readonly #running = new Map<string, Running<Result>>();
  #bytes = 0;

  constructor(options: IdempotentResultsOptions) {
    this.#options = options;
  }

  /** Kept results, and their estimated bytes. */
  get size(): { entries: number; bytes: number } {
    return { entries: this.#kept.size, bytes: this.#bytes };
  }

  /**
   * The result of the key: the kept one, that of the call in flight, or what `work` returns now.
   * @param key empty: the work is done, and nothing is kept
   * @param request everything that shapes the result, as text
   * @param signal the caller's; when it is aborted this call rejects with its reason. The work's own signal is aborted as soon as no caller is left.
   * @throws what `refuse` makes, what `work` throws
   */
  async run(
    key: string,
    request: string,
    signal: AbortSignal,
    work: (signal: AbortSignal) => Promise<Result>,
  ): Promise<Result> {
    if (key === '') return work(signal);
    signal.throwIfAborted();
    const digest = sha256Hex(request);
    const kept = this.#kept.get(key);
    const running = this.#running.get(key);
    if ((kept ?? running ?? { request: digest }).request !== digest)
      throw this.#options.refuse(
        `idempotency_key is ${JSON.stringify(key)}: it was used for another request; give every request a key of its own`,
      );
    if (kept) {
      this.#kept.delete(key);
      this.#kept.set(key, kept);
      return kept.result;
    }
    return this.#join(key, running ?? this.#start(key, digest, work), signal);
  }

  #start(key: string, request: string, work: (signal: AbortSignal) => Promise<Result>): Running<Result> {
    const abort = new AbortController();
    const running: Running<Result> = { request, abort, waiting: 0, result: work(abort.signal) };
    this.#running.set(key, running);
    const forget = (): void => {
      if (this.#running.get(key) === running) this.#running.delete(key);
    };
    const keep = (result: Result): void => {
      forget();
      this.#keep(key, request, result);
    };
    running.result.then(keep, forget);
    return running;
  }

  #join(key: string, running: Running<Result>, signal: AbortSignal): Promise<Result> {
    running.waiting += 1;
    return new Promise<Result>((resolve, reject) => {
      const leave = (): void => {
        running.waiting -= 1;
        reject(signal.reason);
        if (running.waiting > 0) return;
        // Who comes from now on starts anew: this work is being aborted.
        if (this.#running.get(key) === running) this.#running.delete(key);
        running.abort.abort(signal.reason);
      };
      signal.addEventListener('abort', leave, { once: true });
      running.result.then(resolve, reject).finally(() => signal.removeEventListener('abort', leave));
    });
  }

  #keep(key: string, request: string, result: Result): void {
    const { maxEntries, maxBytes } = this.#options;
    const bytes = ENTRY_BYTES + 2 * (key.length + JSON.stringify(result).length);
    if (bytes > maxBytes || maxEntries < 1) return;
    this.#drop(key);
    this.#kept.set(key, { request, result, bytes });
    this.#bytes += bytes;
    for (const oldest of this.#kept.keys()) {
      if (this.#kept.size <= maxEntries && this.#bytes <= maxBytes) return;
      this.#drop(oldest);
    }
  }

  #drop(key: string): void {
    this.#bytes -= this.#kept.get(key)?.bytes ?? 0;
    this.#kept.delete(key);
  }
}
