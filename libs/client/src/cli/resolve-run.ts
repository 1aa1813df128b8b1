import type { Run } from '@trprompt/proto/coordinator/v1/coordinator';
import type { TrpromptClient } from '../sdk/client.js';
import { TrpromptError } from '../sdk/errors.js';
import { CliError } from './errors.js';
import { exitCodes } from './exit-codes.js';

/**
 * The run that a person means: a whole id, `latest` (the newest), or the beginning of exactly one id.
 *
 * @throws CliError when none or several match, naming what there is
 */
export async function resolveRun(client: TrpromptClient, name: string): Promise<Run> {
  if (name !== 'latest') {
    try {
      return await client.getRun(name);
    } catch (error) {
      if (TrpromptError.from(error).code !== 'not-found') throw error;
    }
  }
  const matches: Run[] = [];
  let newest: string | undefined;
  for await (const run of client.listRuns()) {
    newest ??= run.runId;
    if (name === 'latest') return run;
    if (run.runId.startsWith(name)) matches.push(run);
  }
  const [only, another] = matches;
  if (only && !another) return only;
  if (only) {
    const ids = matches.slice(0, 10).map((run) => run.runId);
    throw new CliError(
      `"${name}" begins the names of ${matches.length} runs: ${ids.join(', ')}. Write more of it.`,
    );
  }
  throw new CliError(
    newest === undefined
      ? 'There are no runs yet: start one with `npm run trprompt -- run --preset quickstart`.'
      : `There is no run "${name}"; the newest is ${newest}. \`npm run trprompt -- runs\` lists them all.`,
    exitCodes.failed,
    'not-found',
  );
}
