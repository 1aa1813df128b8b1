import { setTimeout as delay } from 'node:timers/promises';
import { fullJitterMs } from '@trprompt/core';
import type { RunEvent } from '@trprompt/proto/events/v1/events';
import { EventFormatError } from '../cloud-event.js';
import { eventOf } from '../event-of.js';
import type { DeadLetters, OriginalMessage } from './dead-letters.js';
import type { DeadLetter, RetryOptions, SubscribeOptions, SubscriptionCounts } from './options.js';
import type { SeenEvents } from './seen-events.js';

/** A message as it was received. */
export interface ReceivedMessage extends OriginalMessage {
  topic: string;
  partition: number;
  offset: string;
}

/** What decides the fate of a message. */
export interface DeliveryParts extends Pick<SubscribeOptions, 'runId' | 'handle' | 'onDeadLetter'> {
  seen: SeenEvents;
  deadLetters: DeadLetters;
  retry: RetryOptions;
  counts: SubscriptionCounts;
  /** Aborted when the subscription is to end: a pause ends at once and the message stays where it is. */
  signal: AbortSignal;
}

/**
 * Resolves when nothing is left to be done about a message: it was handled, had been handled before, concerns another run, or was put aside. Throws
 * the signal's reason when that is aborted before, and what `seen` and the dead letters throw.
 */
export async function deliver(message: ReceivedMessage, parts: DeliveryParts): Promise<void> {
  if (parts.runId !== undefined && message.key?.toString() !== parts.runId) return;
  const event = readEvent(message);
  if (event instanceof EventFormatError) return putAside(message, 0, event, parts);
  if (await parts.seen.has(event.eventId)) {
    parts.counts.duplicates += 1;
    return;
  }
  await handleWithRetries(event, message, parts);
  await parts.seen.add(event.eventId);
}

async function handleWithRetries(
  event: RunEvent,
  message: ReceivedMessage,
  parts: DeliveryParts,
): Promise<void> {
  const { retry, counts, signal } = parts;
  const { topic, partition, offset } = message;
  for (let attempt = 1; ; attempt += 1) {
    try {
      await parts.handle(event, { topic, partition, offset, attempt });
      counts.handled += 1;
      return;
    } catch (error) {
      if (attempt >= retry.attempts) return putAside(message, attempt, error, parts);
    }
    await delay(fullJitterMs(attempt, retry, Math.random()), undefined, { signal });
    counts.retried += 1;
  }
}

async function putAside(
  message: ReceivedMessage,
  attempts: number,
  error: unknown,
  { deadLetters, counts, onDeadLetter, signal }: DeliveryParts,
): Promise<void> {
  const { topic, partition, offset } = message;
  const reason = error instanceof Error ? error.message : String(error);
  const letter: DeadLetter = { topic, partition, offset, attempts, reason };
  await deadLetters.put(message, letter, signal);
  counts.deadLettered += 1;
  onDeadLetter?.(letter);
}

function readEvent(message: ReceivedMessage): RunEvent | EventFormatError {
  try {
    return eventOf(message);
  } catch (error) {
    if (error instanceof EventFormatError) return error;
    throw error;
  }
}
