/** Remembers which events were handled, by their ids. A subscriber asks it before it handles an event, and tells it after. */
export abstract class SeenEvents {
  abstract has(id: string): Promise<boolean>;
  /** When it resolves, `has` says so from now on; for one that is durable, after a crash too. */
  abstract add(id: string): Promise<void>;
}

/** Remembers the last ids in memory; forgotten when the process ends. */
export class MemorySeenEvents extends SeenEvents {
  readonly #ids = new Set<string>();

  /** @param limit ids that are kept, the oldest are forgotten first; 100,000 take some 10 MB */
  constructor(private readonly limit = 100_000) {
    super();
  }

  has(id: string): Promise<boolean> {
    return Promise.resolve(this.#ids.has(id));
  }

  add(id: string): Promise<void> {
    remember(this.#ids, id, this.limit);
    return Promise.resolve();
  }
}

/** Adds an id and forgets the oldest ones beyond the limit. */
export function remember(ids: Set<string>, id: string, limit: number): void {
  ids.add(id);
  for (const oldest of ids) {
    if (ids.size <= limit) return;
    ids.delete(oldest);
  }
}
