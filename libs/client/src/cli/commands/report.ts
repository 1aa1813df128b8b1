import { Command } from 'commander';
import type { Cli } from '../cli.js';
import { resolveRun } from '../resolve-run.js';
import { showReport } from './finish.js';
import { examples, runArgument } from './options.js';

/** `trprompt report`: what was measured, as text, HTML or JSON. */
export function reportCommand(cli: Cli): Command {
  const command = new Command('report')
    .description('show what a run has measured so far')
    .argument('[run]', runArgument, 'latest')
    .option('--out <file.html>', 'write it as one self-contained HTML file too')
    .action(async (name: string, options: { out?: string }) => {
      const { runId } = await resolveRun(cli.client, name);
      await showReport(cli, await cli.client.getReport(runId), options.out);
    });
  return examples(command, 'report', 'report latest --out report.html', 'report quickstart-ab12cd --json');
}
