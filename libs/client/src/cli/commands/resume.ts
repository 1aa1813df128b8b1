import { Command } from 'commander';
import type { Cli } from '../cli.js';
import { runJson } from '../output/json.js';
import { resolveRun } from '../resolve-run.js';
import { followAndReport } from './finish.js';
import { examples, runArgument } from './options.js';

/** `trprompt resume`: goes on with a run that ended early. */
export function resumeCommand(cli: Cli): Command {
  const command = new Command('resume')
    .description('go on with a failed, cancelled or stopped run where it was')
    .argument('<run>', runArgument)
    .option('--watch', 'follow it to its end')
    .action((name: string, options: { watch?: boolean }) => resume(cli, name, options.watch === true));
  return examples(command, 'resume latest', 'resume quickstart-ab12cd --watch');
}

async function resume(cli: Cli, name: string, watching: boolean): Promise<void> {
  const run = await cli.client.resumeRun((await resolveRun(cli.client, name)).runId);
  cli.emit({ type: 'run', ...runJson(run) });
  cli.print(`${run.runId} goes on.`);
  if (watching) await followAndReport(cli, run.runId);
  else cli.print(`  npm run trprompt -- watch ${run.runId}    to watch it`);
}
