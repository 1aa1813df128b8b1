import { Command } from 'commander';
import { RunState } from '@trprompt/proto/coordinator/v1/coordinator';
import { hasEnded } from '../../sdk/watch.js';
import { stateName } from '../../report/findings.js';
import type { Cli } from '../cli.js';
import { runJson } from '../output/json.js';
import { resolveRun } from '../resolve-run.js';
import { examples, runArgument } from './options.js';

/** `trprompt cancel`: stops a run. */
export function cancelCommand(cli: Cli): Command {
  const command = new Command('cancel')
    .description('stop a run; what it has done is kept and can be resumed')
    .argument('<run>', runArgument)
    .action((name: string) => cancel(cli, name));
  return examples(command, 'cancel latest', 'cancel quickstart-ab12cd');
}

async function cancel(cli: Cli, name: string): Promise<void> {
  const before = await resolveRun(cli.client, name);
  const run = await cli.client.cancelRun(before.runId);
  cli.emit({ type: 'run', ...runJson(run) });
  if (hasEnded(before.state)) {
    cli.print(`${run.runId} had ended before: ${stateName(run.state)}.`);
    return;
  }
  cli.print(
    `${run.runId} ${run.state === RunState.RUN_STATE_CANCELLED ? 'is cancelled' : 'is being cancelled'}.`,
  );
  cli.print(`  npm run trprompt -- resume ${run.runId}    to go on with it`);
}
