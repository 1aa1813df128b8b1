import { Command } from 'commander';
import type { Cli } from '../cli.js';
import { resolveRun } from '../resolve-run.js';
import { followAndReport } from './finish.js';
import { examples, runArgument } from './options.js';

/** `trprompt watch`: what happened in a run so far and what happens now. */
export function watchCommand(cli: Cli): Command {
  const command = new Command('watch')
    .description('follow a run until it ends, then show its report')
    .argument('[run]', runArgument, 'latest')
    .action(async (name: string) => followAndReport(cli, (await resolveRun(cli.client, name)).runId));
  return examples(command, 'watch latest', 'watch quickstart-ab12cd', 'watch latest --json');
}
