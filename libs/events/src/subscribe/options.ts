import type { RunEvent } from '@trprompt/proto/events/v1/events';
import type { KafkaConnection } from '../kafka-connection.js';
import type { SeenEvents } from './seen-events.js';

/** Where a message lies, and how often it has been handed to the handler, this time included. */
export interface Delivery {
  topic: string;
  partition: number;
  offset: string;
  /** 1-based. */
  attempt: number;
}

/** A message that was put aside. */
export interface DeadLetter {
  topic: string;
  partition: number;
  offset: string;
  /** How often the handler was called for it; 0 for a message that is no event of the mesh. */
  attempts: number;
  /** The handler's last error, or what is wrong with the message. */
  reason: string;
}

/** When a handler that failed is called again. */
export interface RetryOptions {
  /** Calls in all, at least 1. */
  attempts: number;
  /** Longest pause before the second call; it doubles with each further one. The pause is drawn evenly from 0 to that (full jitter). Milliseconds. */
  initialDelayMs: number;
  /** Longest pause of all. Milliseconds. */
  maxDelayMs: number;
}

export interface SubscribeOptions {
  connection: KafkaConnection;
  /** Subscribers of one group share the work; the group's progress is kept by Kafka and gone on with after a crash. */
  groupId: string;
  /** Default: runs and search; samples are many and have to be named. */
  topics?: readonly string[];
  /** Where a group without progress begins: at the oldest message, or (default) after those that are there. */
  fromBeginning?: boolean;
  /** Only events of this run. */
  runId?: string;
  /**
   * Handles an event. One at a time, each run in the order of its events within a topic. What it throws counts as a failure; the next event waits
   * until this one was handled or put aside. An event whose handler had not ended when the process was killed is handled again.
   */
  handle: (event: RunEvent, delivery: Delivery) => Promise<void> | void;
  /** What was handled already; default: the last 100,000 ids in memory. FileSeenEvents survives restarts. */
  seen?: SeenEvents;
  /** Default: 5 attempts, 200 ms, 10 s. */
  retry?: RetryOptions;
  /** Where messages go that cannot be handled, with their bytes and headers; created when missing. Default: trprompt.dead-letter.v1. */
  deadLetterTopic?: string;
  /** Told after a message was put aside. */
  onDeadLetter?: (letter: DeadLetter) => void;
  /** Ends the subscription as `stop` does. */
  signal?: AbortSignal;
  /** After so long without a sign of life, the group gives this subscriber's share to others. Milliseconds, default 10000. */
  sessionTimeoutMs?: number;
}

/** What a subscription has done. */
export interface SubscriptionCounts {
  /** Events whose handler ended well. */
  handled: number;
  /** Events that had been handled before. */
  duplicates: number;
  /** Calls of the handler after a failed one. */
  retried: number;
  /** Messages put aside. */
  deadLettered: number;
}

/** A running subscription. */
export interface Subscription {
  readonly counts: Readonly<SubscriptionCounts>;
  /** Finishes the event in hand, commits the progress and leaves the group. */
  stop(): Promise<void>;
  /** Resolves when it was stopped. Rejects when it cannot go on: Kafka refuses it, or `seen` or the dead-letter topic fails for good. */
  readonly finished: Promise<void>;
}
