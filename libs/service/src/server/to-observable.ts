import { Observable } from 'rxjs';
import { deadlineOf, type ClientCall } from './call-deadline.js';

/**
 * A server stream from an async iterable. Teardown (client gone, deadline passed) aborts the signal and closes the
 * iterator, so that work nobody waits for stops.
 * @param start gets that signal, and when the client of `call` gives up, on the clock of performance.now()
 */
export function toObservable<T>(
  start: (signal: AbortSignal, deadlineAt: number) => AsyncIterable<T>,
  call?: ClientCall,
): Observable<T> {
  return new Observable<T>((subscriber) => {
    const controller = new AbortController();
    let finished = false;
    const pump = async (): Promise<void> => {
      try {
        for await (const value of start(controller.signal, deadlineOf(call))) {
          if (subscriber.closed) return;
          subscriber.next(value);
        }
        finished = true;
        subscriber.complete();
      } catch (error) {
        finished = true;
        subscriber.error(error);
      }
    };
    void pump();
    return () => {
      if (!finished) controller.abort();
    };
  });
}
