import type { RunEvent } from '@trprompt/proto/events/v1/events';
import type { TrpromptClient } from '../../sdk/client.js';
import type { EventsRequest } from './options.js';

/** Events of one run until it ends, or of all runs for good; over lost connections, each exactly once. */
export async function* eventsFromCoordinator(
  client: TrpromptClient,
  { runId, since, fromBeginning, kinds, signal, note }: EventsRequest,
): AsyncGenerator<RunEvent, void, undefined> {
  const common = {
    signal,
    includeSamples: kinds.has('sampleRecorded'),
    onInterruption: () => note('connection lost, trying again …'),
  };
  if (runId === undefined) {
    yield* client.watchRuns({ ...common, fromBeginning });
    return;
  }
  for await (const update of client.watchRun(runId, { ...common, afterSequence: since }))
    if (update.type === 'event') yield update.event;
}
