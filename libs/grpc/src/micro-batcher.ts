/** How single calls are gathered into batch RPCs. */
export interface MicroBatcherOptions<Item, Result> {
  /** A batch is sent as soon as it has this many items, at least 1. */
  maxItems: number;
  /** A batch is sent this long after its first item came, milliseconds, 0 or more (0: at the end of this turn of the event loop). */
  maxDelayMs: number;
  /** Calls the batch RPC; results may come in any order. The signal is aborted once nobody waits for the batch any more. */
  send: (items: Item[], signal: AbortSignal) => AsyncIterable<Result>;
  /** The id of an item, unique within a batch; items that share one are sent in different batches. */
  key: (item: Item) => string;
  /** The id of the item that a result answers. */
  resultKey: (result: Result) => string;
}

interface Waiter<Result> {
  settle: (outcome: { result: Result } | { error: unknown }) => void;
}

interface Batch<Item, Result> {
  items: Item[];
  waiters: Map<string, Waiter<Result>>;
  abort: AbortController;
  cancelTimer: () => void;
}

/**
 * Gathers single calls into batches of a server-streaming RPC, so that items which flow on their own (prompt, then answer, then critique)
 * share the cost of an RPC without a barrier: each call settles as soon as its own result arrives.
 *
 * A failed RPC rejects every call of its batch that has no result yet; a stream that ends early rejects them too. An aborted call rejects at
 * once with its signal's reason; when all calls of a batch are gone the RPC is aborted.
 */
export class MicroBatcher<Item, Result> {
  readonly #options: MicroBatcherOptions<Item, Result>;
  readonly #sent = new Set<Batch<Item, Result>>();
  #open: Batch<Item, Result> | undefined;
  #closedBy: unknown;
  #closed = false;

  constructor(options: MicroBatcherOptions<Item, Result>) {
    if (!Number.isInteger(options.maxItems) || options.maxItems < 1)
      throw new RangeError(`maxItems is ${options.maxItems}; use a whole number of at least 1`);
    if (!(options.maxDelayMs >= 0))
      throw new RangeError(`maxDelayMs is ${options.maxDelayMs}; use 0 or more milliseconds`);
    this.#options = options;
  }

  /** Adds the item to the next batch and settles with its result. Rejects as described at the class. */
  call(item: Item, options: { signal?: AbortSignal } = {}): Promise<Result> {
    const { signal } = options;
    return new Promise<Result>((resolve, reject) => {
      if (this.#closed) return reject(this.#closedBy);
      if (signal?.aborted) return reject(signal.reason);
      const key = this.#options.key(item);
      if (this.#open?.waiters.has(key)) this.#flush();
      const batch = (this.#open ??= this.#newBatch());
      const onAbort = (): void => this.#drop(batch, key, signal?.reason);
      batch.items.push(item);
      batch.waiters.set(key, {
        settle: (outcome) => {
          signal?.removeEventListener('abort', onAbort);
          batch.waiters.delete(key);
          if ('result' in outcome) resolve(outcome.result);
          else reject(outcome.error);
        },
      });
      signal?.addEventListener('abort', onAbort, { once: true });
      if (batch.items.length >= this.#options.maxItems) this.#flush();
    });
  }

  /** Rejects every call that still waits, aborts their RPCs and refuses further calls. */
  close(reason: unknown = new Error('the batcher was closed')): void {
    this.#closed = true;
    this.#closedBy = reason;
    const open = this.#open;
    this.#open = undefined;
    for (const batch of open ? [open, ...this.#sent] : this.#sent) {
      batch.cancelTimer();
      for (const waiter of [...batch.waiters.values()]) waiter.settle({ error: reason });
      batch.abort.abort(reason);
    }
  }

  #newBatch(): Batch<Item, Result> {
    const flush = (): void => this.#flush();
    const { maxDelayMs } = this.#options;
    const batch = { items: [], waiters: new Map<string, Waiter<Result>>(), abort: new AbortController() };
    if (maxDelayMs === 0) {
      const immediate = setImmediate(flush);
      return { ...batch, cancelTimer: () => clearImmediate(immediate) };
    }
    const timer = setTimeout(flush, maxDelayMs);
    return { ...batch, cancelTimer: () => clearTimeout(timer) };
  }

  /** The open batch holds only calls that still wait, so an item whose call was aborted before the send is never sent. */
  #drop(batch: Batch<Item, Result>, key: string, reason: unknown): void {
    batch.waiters.get(key)?.settle({ error: reason });
    if (batch === this.#open) batch.items = batch.items.filter((item) => this.#options.key(item) !== key);
    if (batch.waiters.size > 0) return;
    batch.abort.abort(reason);
    if (batch !== this.#open) return;
    batch.cancelTimer();
    this.#open = undefined;
  }

  #flush(): void {
    const batch = this.#open;
    if (!batch) return;
    this.#open = undefined;
    batch.cancelTimer();
    this.#sent.add(batch);
    void this.#run(batch);
  }

  async #run(batch: Batch<Item, Result>): Promise<void> {
    let failure: unknown;
    try {
      for await (const result of this.#options.send(batch.items, batch.abort.signal))
        batch.waiters.get(this.#options.resultKey(result))?.settle({ result });
    } catch (error) {
      failure = error;
    } finally {
      this.#sent.delete(batch);
    }
    for (const [key, waiter] of batch.waiters)
      waiter.settle({ error: failure ?? new Error(`the batch ended without a result for item "${key}"`) });
  }
}
