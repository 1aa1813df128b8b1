import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { home } from '../setup/layout.mjs';
import { LaunchFailure } from '../start/failure.mjs';
import { kafkaVersion } from './distribution.mjs';

export const help = `Usage: npm run kafka [-- options]

Starts a Kafka ${kafkaVersion} broker on loopback, in the foreground, until Ctrl-C. The first start fetches Kafka by Maven (43 MB) into
the user's cache folder. It needs Java 17 or newer. No topic is created: whoever publishes creates what it needs.

  --port <n>            port to listen on, 0 picks a free one (default: 9092)
  --data <folder>       where topics are kept (default: .trprompt/kafka); they are there again at the next start
  --fresh               forget what the folder keeps and start empty
  --settings <file>     more broker settings, as in Kafka's server.properties; they win over the default ones.
                        The listener for clients is named CLIENT
  --add-scram <user>    a SCRAM user, written as for kafka-storage: 'SCRAM-SHA-256=[name=ann,password=...]';
                        may be repeated; counts only when the folder is new or --fresh
  --exit-with-parent    stop when standard input closes, so that a program that starts this leaves no orphan
  --fetch               fetch Kafka, check Java and start nothing
  --help                show this text

Examples:
  npm run kafka
  npm run kafka -- --port 0 --data /tmp/events --fresh
`;

/**
 * @param {string[]} args
 * @param {string} [workingDirectory] what relative paths start from
 * @returns {{ port: number, data: string, fresh: boolean, settings?: string, scram: string[], exitWithParent: boolean, fetchOnly: boolean, help: boolean }}
 * @throws {LaunchFailure} naming the option that is wrong
 */
export function parseOptions(args, workingDirectory = process.env.INIT_CWD ?? process.cwd()) {
  let values;
  try {
    ({ values } = parseArgs({
      args,
      options: {
        port: { type: 'string', default: '9092' },
        data: { type: 'string' },
        fresh: { type: 'boolean', default: false },
        settings: { type: 'string' },
        'add-scram': { type: 'string', multiple: true, default: [] },
        'exit-with-parent': { type: 'boolean', default: false },
        fetch: { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
      },
    }));
  } catch (error) {
    const what = String(error.message).split(/[.\n]/)[0].trim();
    throw new LaunchFailure(`${what}: "npm run kafka -- --help" lists the options.`, 2);
  }
  const path = (value) => (value === undefined ? undefined : resolve(workingDirectory, value));
  return {
    port: portOf(values.port),
    data: path(values.data) ?? join(home, 'kafka'),
    fresh: values.fresh,
    settings: path(values.settings),
    scram: values['add-scram'],
    exitWithParent: values['exit-with-parent'],
    fetchOnly: values.fetch,
    help: values.help,
  };
}

function portOf(text) {
  const port = Number(text);
  if (/^\d+$/.test(text) && port <= 65_535) return port;
  throw new LaunchFailure(`--port ${text} is no port: give a whole number from 0 to 65535.`, 2);
}
