import { loadCatalogue, type Manifest } from '@trprompt/datasets';
import { Command } from 'commander';
import { count, shortDigest } from '../../../report/format.js';
import type { Cli } from '../../cli.js';
import { storeOf } from '../../data/open-data.js';
import { cacheOption } from '../../data/reading.js';
import { paperText } from '../../data/view.js';
import { table } from '../../output/table.js';
import { oneLine } from '../../output/wrap.js';
import { examples } from '../options.js';

/** `trprompt data list`: known and imported data sets. */
export function listCommand(cli: Cli): Command {
  const command = new Command('list')
    .description('list known and imported data sets')
    .addOption(cacheOption())
    .action((options: { cache?: string }) => list(cli, options.cache));
  return examples(command, 'data list', 'data list --json');
}

async function list(cli: Cli, cache: string | undefined): Promise<void> {
  const store = storeOf(cli, cache);
  const imported = await store.list();
  const known = await loadCatalogue();
  const absent = known.filter(({ name }) => imported.every((manifest) => manifest.name !== name));
  const rows = [
    ...imported.map((manifest) => [
      manifest.name,
      shortDigest(manifest.hash),
      countsOf(manifest.counts),
      manifest.grader,
      oneLine(manifest.licence, 24),
      oneLine(manifest.title, 60),
    ]),
    ...absent.map(({ name, grader, licence, title }) => [
      name,
      'not imported',
      '',
      grader,
      oneLine(licence, 24),
      oneLine(title, 60),
    ]),
  ];
  for (const manifest of imported) cli.emit({ type: 'dataset', imported: true, ...manifest });
  for (const definition of absent) cli.emit({ type: 'dataset', imported: false, ...definition });
  cli.print(table(['name', 'content', 'examples', 'grader', 'licence', 'what'], rows, 'llllll', cli.colors));
  const paper = imported.flatMap((manifest) =>
    manifest.paper ? [`  ${manifest.name}: ${paperText(manifest)}`] : [],
  );
  const unknown = absent.flatMap(({ name, paper: counts }) =>
    counts ? [`  ${name}: not imported (the paper: ${count(counts.train)} / ${count(counts.test)})`] : [],
  );
  cli.print(`\nTrain and test beside the TRPrompt paper's:\n${[...paper, ...unknown].join('\n')}`);
  cli.print(cli.colors.dim(`Kept in ${store.folder}`));
}

function countsOf(counts: Manifest['counts']): string {
  return Object.entries(counts)
    .map(([split, examplesOf]) => `${count(examplesOf)} ${split === 'none' ? 'undivided' : split}`)
    .join(', ');
}
