import { Command, InvalidArgumentError } from 'commander';
import { TrpromptError } from '../../sdk/errors.js';
import type { Cli } from '../cli.js';
import { CliError } from '../errors.js';
import { eventsFromCoordinator } from '../events/from-coordinator.js';
import { chosenKinds, parseKinds } from '../events/kinds.js';
import type { EventsOptions, EventsRequest } from '../events/options.js';
import { EventView } from '../events/view.js';
import { exitCodes } from '../exit-codes.js';
import { resolveRun } from '../resolve-run.js';
import { examples, runArgument } from './options.js';

/** `trprompt events`: what happens in one run or in all of them, event by event. */
export function eventsCommand(cli: Cli): Command {
  const command = new Command('events')
    .description(
      'follow the events of a run until it ends, or of all runs until Ctrl-C: one line each, with --json one CloudEvent each',
    )
    .argument('[run]', `${runArgument} (default: all runs that go on or begin)`)
    .option('--since <seq>', 'only events after this sequence number; needs a run', sequence)
    .option('--from-beginning', 'with all runs: also what happened before')
    .option('--kind <kinds>', 'only events of these kinds; default: all but sampleRecorded', parseKinds, [])
    .action((run: string | undefined, options: EventsOptions) => follow(cli, run, options));
  return examples(
    command,
    'events',
    'events latest',
    'events quickstart-ab12cd --since 120',
    'events --kind runEnded,accuracyMeasured --json',
  );
}

async function follow(cli: Cli, run: string | undefined, options: EventsOptions): Promise<void> {
  if (run === undefined && options.since !== undefined)
    throw new CliError('--since needs a run: sequence numbers are counted run by run.');
  const runId = run === undefined ? undefined : (await resolveRun(cli.client, run)).runId;
  const interrupt = new AbortController();
  const forget = cli.io.onInterrupt(() => interrupt.abort());
  const view = new EventView(cli, runId === undefined);
  const request: EventsRequest = {
    runId,
    since: options.since ?? 0,
    fromBeginning: options.fromBeginning ?? false,
    kinds: chosenKinds(options.kind),
    signal: interrupt.signal,
    note: (text) => view.note(text),
  };
  try {
    for await (const event of eventsFromCoordinator(cli.client, request)) {
      if (event.payload && request.kinds.has(event.payload.$case)) view.event(event);
      if (runId !== undefined && event.payload?.$case === 'runEnded')
        cli.exitCode = event.payload.value.state === 'succeeded' ? exitCodes.ok : exitCodes.failed;
    }
  } catch (error) {
    if (TrpromptError.from(error).code !== 'cancelled' || !interrupt.signal.aborted) throw error;
    cli.exitCode = exitCodes.interrupted;
  } finally {
    forget();
  }
}

function sequence(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 0)
    throw new InvalidArgumentError('A whole number from 0 is needed.');
  return value;
}
