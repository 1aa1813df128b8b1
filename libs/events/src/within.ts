import { setTimeout as delay } from 'node:timers/promises';

/** Waits for work that must not hold anything up: until it has settled, however, or the time is over. Never rejects. */
export async function within(ms: number, work: Promise<unknown>): Promise<void> {
  const timer = new AbortController();
  const late = delay(ms, undefined, { signal: timer.signal }).catch(() => undefined);
  await Promise.race([work.catch(() => undefined), late]);
  timer.abort();
}
