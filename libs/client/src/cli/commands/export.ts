import { resolve } from 'node:path';
import { Command } from 'commander';
import type { Cli } from '../cli.js';
import { table } from '../output/table.js';
import { oneLine } from '../output/wrap.js';
import { resolveRun } from '../resolve-run.js';
import { examples, runArgument } from './options.js';

/** `trprompt export`: the best checkpoint as a folder. */
export function exportCommand(cli: Cli): Command {
  const command = new Command('export')
    .description(
      'write the best checkpoint (adapter, t*, templates, provenance, how to serve it) into a folder',
    )
    .argument('[run]', runArgument, 'latest')
    .requiredOption('--out <folder>', 'a folder that does not exist yet or is empty')
    .action((name: string, options: { out: string }) => exportRun(cli, name, options.out));
  return examples(
    command,
    'export latest --out checkpoint',
    'export quickstart-ab12cd --out /models/stories',
  );
}

async function exportRun(cli: Cli, name: string, out: string): Promise<void> {
  const { runId } = await resolveRun(cli.client, name);
  const { folder, files } = await cli.client.exportRun(runId, resolve(cli.io.workingDirectory, out));
  cli.emit({ type: 'export', runId, folder, files });
  cli.print(`Exported the best checkpoint of ${runId} to ${folder}; every hash is right.`);
  const rows = files.map((file) => [
    `  ${oneLine(file.path, 60)}`,
    `${file.size.toLocaleString('en-US')} bytes`,
    file.sha256.slice(0, 12),
  ]);
  cli.print(table(['  file', 'size', 'SHA-256'], rows, 'lrl', cli.colors));
}
