/** Wakes everyone who waits for the next change. */
export class Changes {
  private readonly waiting = new Set<() => void>();

  /** Settles at the next `announce`, or when the signal aborts. */
  next(signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const settle = (): void => {
        this.waiting.delete(settle);
        signal.removeEventListener('abort', settle);
        resolve();
      };
      if (signal.aborted) return settle();
      this.waiting.add(settle);
      signal.addEventListener('abort', settle, { once: true });
    });
  }

  announce(): void {
    for (const wake of [...this.waiting]) wake();
  }
}
