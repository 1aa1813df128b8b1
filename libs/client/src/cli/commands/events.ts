import { eventKinds, KafkaFailure } from '@trprompt/events';
import { Command, InvalidArgumentError } from 'commander';
import { kafkaConnection } from '../../config/kafka.js';
import { stateFolder } from '../../config/locations.js';
import { readMeshFile } from '../../config/mesh-file.js';
import { TrpromptError } from '../../sdk/errors.js';
import type { Cli } from '../cli.js';
import { CliError } from '../errors.js';
import { eventsFromCoordinator } from '../events/from-coordinator.js';
import { eventsFromKafka } from '../events/from-kafka.js';
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
      'follow the events of one run until it ends, or of all runs; with --json each is a CloudEvent',
    )
    .argument('[run]', `${runArgument}; with Kafka a whole id (default: all runs that go on or begin)`)
    .option(
      '--kafka [brokers]',
      'from Kafka instead of the coordinator: host:port, several with commas (default: TRPROMPT_KAFKA_BROKERS, else the broker of the mesh that runs here)',
    )
    .option('--group <name>', 'from Kafka, going on where this consumer group has stopped')
    .option('--since <seq>', 'only events after this sequence number; needs a run', sequence)
    .option('--from-beginning', 'with all runs: also what happened before')
    .option('--kind <kinds>', 'only events of these kinds; default: all but sampleRecorded', parseKinds)
    .action((run: string | undefined, options: EventsOptions) => follow(cli, run, options));
  examples(
    command,
    'events',
    'events latest',
    'events quickstart-ab12cd --since 120',
    'events --kind runEnded,accuracyMeasured --json',
    'events --kafka 127.0.0.1:9092 --from-beginning',
    'events --kafka --group board --json',
  );
  return command.addHelpText('after', notes);
}

const notes = `
Events come from the coordinator, unless --kafka or --group is given or TRPROMPT_KAFKA_BROKERS is set (and --address is not).
For brokers that ask for it: TRPROMPT_KAFKA_TLS=1 with TRPROMPT_KAFKA_CA_FILE, _CERT_FILE, _KEY_FILE, and TRPROMPT_KAFKA_SASL_MECHANISM
(plain, scram-sha-256, scram-sha-512) with TRPROMPT_KAFKA_USERNAME, TRPROMPT_KAFKA_PASSWORD.

Kinds: ${eventKinds.join(', ')}
sampleRecorded is there only for runs whose configuration has events.samples: true.`;

async function follow(cli: Cli, run: string | undefined, options: EventsOptions): Promise<void> {
  if (run === undefined && options.since !== undefined)
    throw new CliError('--since needs a run: sequence numbers are counted run by run.');
  const kafka = brokersOf(cli, options);
  const connection = kafka === undefined ? undefined : kafkaConnection(kafka, cli.io.environment.kafka);
  const runId = run === undefined || connection ? run : (await resolveRun(cli.client, run)).runId;
  if (connection && run === 'latest')
    throw new CliError(
      'Kafka does not know which run is the latest: give its id; "trprompt runs" lists them.',
    );
  const interrupt = new AbortController();
  const forget = cli.io.onInterrupt(() => interrupt.abort());
  const view = new EventView(cli, runId === undefined);
  const request: EventsRequest = {
    runId,
    since: options.since ?? 0,
    fromBeginning: options.fromBeginning ?? false,
    kinds: chosenKinds(options.kind ?? []),
    signal: interrupt.signal,
    note: (text) => view.note(text),
  };
  try {
    const events = connection
      ? eventsFromKafka(connection, request, options.group)
      : eventsFromCoordinator(cli.client, request);
    for await (const event of events) {
      if (event.payload && request.kinds.has(event.payload.$case)) view.event(event);
      if (runId !== undefined && event.payload?.$case === 'runEnded')
        cli.exitCode = event.payload.value.state === 'succeeded' ? exitCodes.ok : exitCodes.failed;
    }
  } catch (error) {
    if (error instanceof KafkaFailure) throw kafkaError(error);
    if (TrpromptError.from(error).code !== 'cancelled' || !interrupt.signal.aborted) throw error;
    cli.exitCode = exitCodes.interrupted;
  } finally {
    forget();
  }
}

/** The brokers to read from; undefined: the coordinator is asked. */
function brokersOf(cli: Cli, { kafka, group }: EventsOptions): string | undefined {
  const fromEnvironment = cli.io.environment.kafka.TRPROMPT_KAFKA_BROKERS;
  if (typeof kafka === 'string') return kafka;
  if (kafka === undefined && group === undefined) return cli.namesAddress ? undefined : fromEnvironment;
  const brokers = fromEnvironment ?? readMeshFile(stateFolder(cli.io.workingDirectory))?.kafka;
  if (brokers !== undefined) return brokers;
  throw new CliError(
    'No Kafka broker is known: give --kafka host:port, set TRPROMPT_KAFKA_BROKERS, or start a mesh with `npm run mesh -- --kafka`.',
  );
}

function kafkaError(failure: KafkaFailure): CliError {
  const unreachable = failure.message.includes('cannot be reached');
  const hint = unreachable ? ' `npm run kafka` starts a broker on this machine.' : '';
  return new CliError(
    failure.message + hint,
    unreachable ? exitCodes.unreachable : exitCodes.failed,
    unreachable ? 'unreachable' : 'kafka',
  );
}

function sequence(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 0)
    throw new InvalidArgumentError('A whole number from 0 is needed.');
  return value;
}
