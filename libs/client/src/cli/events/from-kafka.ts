import { setTimeout as delay } from 'node:timers/promises';
import {
  subscribe,
  tailEvents,
  topicOf,
  topics,
  type EventKind,
  type KafkaConnection,
} from '@trprompt/events';
import type { RunEvent } from '@trprompt/proto/events/v1/events';
import { EventOrder } from '../../sdk/event-order.js';
import { CliError } from '../errors.js';
import { exitCodes } from '../exit-codes.js';
import type { EventsRequest } from './options.js';

/** How long an event waits for one before it of another topic. */
const ORDER_PATIENCE_MS = 1000;
/** How long a run whose events are not there may take to publish its first one. */
const FIRST_EVENT_MS = 5000;

/** Ids of events that are not shown again. */
const MOST_REMEMBERED = 100_000;

interface Source {
  /** Rejects when reading cannot go on. */
  finished: Promise<void>;
  stop(): Promise<void>;
}

/**
 * Events from Kafka: of one run from its first event until it ends, of all runs from now on (or from the oldest that is kept) for good.
 *
 * Without a group nothing is kept in Kafka, and the events of each run are put into order across topics. With a group Kafka keeps what was given and a later
 * call goes on there; the order then is that within each topic, since an event that waits for another could be lost with this process.
 *
 * @throws CliError when there is no such run, KafkaFailure
 */
export async function* eventsFromKafka(
  connection: KafkaConnection,
  request: EventsRequest,
  group: string | undefined,
): AsyncGenerator<RunEvent, void, undefined> {
  const { readable, writable } = new TransformStream<RunEvent, RunEvent>();
  const writer = writable.getWriter();
  const end = (reason: unknown): void => void writer.abort(reason).catch(() => undefined);
  const onAbort = (): void => end(request.signal.reason);
  request.signal.addEventListener('abort', onAbort, { once: true });
  let source: Source | undefined;
  try {
    request.signal.throwIfAborted();
    source = await (group === undefined
      ? look(connection, request, writer)
      : join(connection, request, writer, group));
    source.finished.catch(end);
    yield* readable;
  } finally {
    request.signal.removeEventListener('abort', onAbort);
    await source?.stop();
  }
}

type Writer = WritableStreamDefaultWriter<RunEvent>;

/** Reads along as a member of a group. */
async function join(
  connection: KafkaConnection,
  request: EventsRequest,
  writer: Writer,
  group: string,
): Promise<Source> {
  const { runId, since, fromBeginning } = request;
  return subscribe({
    connection,
    groupId: group,
    topics: [...neededTopics(request)],
    fromBeginning: fromBeginning || runId !== undefined,
    runId,
    // Showing fails only at the end: such an event is not put aside, the next call shows it.
    retry: { attempts: Number.MAX_SAFE_INTEGER, initialDelayMs: 200, maxDelayMs: 200 },
    handle: async (event) => {
      if (event.sequence > since) await writer.write(event);
      if (runId !== undefined && event.payload?.$case === 'runEnded')
        void writer.close().catch(() => undefined);
    },
  });
}

/** Looks on without being a member of a group. */
async function look(connection: KafkaConnection, request: EventsRequest, writer: Writer): Promise<Source> {
  const { runId, since, fromBeginning, note } = request;
  const needed = neededTopics(request);
  let last: RunEvent | undefined;
  let caughtUp = false;
  const endWithRun = (): void => {
    // A run that was resumed has ended before: what follows its end has to be known first.
    if (runId !== undefined && caughtUp && last?.payload?.$case === 'runEnded')
      void writer.close().catch(() => undefined);
  };
  const give = (event: RunEvent): void => {
    last = event;
    if (event.sequence > since) void writer.write(event).catch(() => undefined);
    endWithRun();
  };
  // Only all topics together have no gaps.
  const order =
    needed.size > 1
      ? new EventOrder(give, ORDER_PATIENCE_MS, runId === undefined ? undefined : 1)
      : undefined;
  const seen = new Set<string>();
  const tail = await tailEvents({
    connection,
    topics: order ? Object.values(topics) : [...needed],
    fromBeginning: fromBeginning || runId !== undefined,
    runId,
    onEvent: (event) => {
      if (seen.has(event.eventId)) return;
      seen.add(event.eventId);
      if (seen.size > MOST_REMEMBERED) seen.delete(seen.values().next().value ?? '');
      if (order) order.push(event);
      else give(event);
    },
    onForeign: (reason) => note(`passed over a message that is no event of a mesh: ${reason}`),
  });
  const afterCatchingUp = async (): Promise<void> => {
    await tail.caughtUp;
    caughtUp = true;
    order?.caughtUp();
    endWithRun();
    if (runId === undefined || last) return;
    await delay(FIRST_EVENT_MS, undefined, { signal: request.signal });
    if (!last) await writer.abort(noSuchRun(connection, runId));
  };
  void afterCatchingUp().catch(() => undefined);
  return {
    finished: tail.finished,
    stop: async () => {
      order?.flush();
      await tail.stop();
    },
  };
}

/** The topics of what is asked for, and of the event that ends a run. */
function neededTopics({ kinds, runId }: EventsRequest): Set<string> {
  const all: EventKind[] = [...kinds, ...(runId === undefined ? [] : ['runEnded' as const])];
  return new Set(all.map(topicOf));
}

function noSuchRun({ brokers }: KafkaConnection, runId: string): CliError {
  return new CliError(
    `Kafka at ${brokers.join(',')} has no event of a run "${runId}": give its whole id ("trprompt runs" lists them). Events are kept for some weeks; the coordinator has those of every run, ask it without --kafka.`,
    exitCodes.failed,
    'not-found',
  );
}
