/** A text made to hang, crash or fool a grader. */
export interface Hostile {
  name: string;
  text: string;
  /** The gold answer; absent: "1". */
  gold?: string;
  /** The one verdict that is right, where there is one. */
  correct?: boolean;
}

export const times = (text: string, count: number): string => text.repeat(count);

export const nested = (open: string, middle: string, close: string, depth: number): string =>
  times(open, depth) + middle + times(close, depth);
