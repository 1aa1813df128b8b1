import { Command } from 'commander';
import type { Cli } from '../../cli.js';
import { importCommand } from './import.js';
import { inspectCommand } from './inspect.js';
import { listCommand } from './list.js';
import { splitCommand } from './split.js';

/** `trprompt data`: data sets, the paper's and one's own. */
export function dataCommand(cli: Cli): Command {
  const command = new Command('data').description('import, look at and divide data sets');
  for (const part of [importCommand(cli), listCommand(cli), inspectCommand(cli), splitCommand(cli)])
    command.addCommand(part);
  return command.addHelpText(
    'after',
    '\nA run uses an imported data set with data: { source: dataset, dataset: NAME } in its configuration.',
  );
}
