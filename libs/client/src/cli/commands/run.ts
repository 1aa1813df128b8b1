import { randomUUID } from 'node:crypto';
import { Command } from 'commander';
import { stringify } from 'yaml';
import type { Cli } from '../cli.js';
import { type ConfigSource, loadConfig } from '../input/config.js';
import { loadRunData } from '../input/run-data.js';
import { runJson } from '../output/json.js';
import { followAndReport } from './finish.js';
import { collect, examples } from './options.js';

interface RunOptions extends ConfigSource {
  detach?: boolean;
  report?: string;
}

/** `trprompt run`: checks a configuration, starts a run, follows it, shows its report. */
export function runCommand(cli: Cli): Command {
  const command = new Command('run')
    .description('start a run, follow it and show its report')
    .option('--config <file>', 'configuration, YAML (`trprompt schema` says what may stand in it)')
    .option(
      '--preset <name>',
      'a shipped configuration: quickstart, gsm8k, gsmhard, math, paper or efficient',
    )
    .option('--set <path=value>', 'change one setting; may be repeated', collect, [])
    .option('--detach', 'do not follow the run')
    .option('--report <file.html>', 'write the report as one HTML file at the end')
    .action((options: RunOptions) => start(cli, options));
  command.addHelpText(
    'after',
    '\nPresets: quickstart needs nothing but this machine. gsm8k, gsmhard and math are the experiments of the paper on its data sets (`trprompt data import gsm8k`\nfirst) and need endpoints with Llama-3-8B-Instruct, as do paper (the same settings, annotated) and efficient (a part of their cost).\n\nCtrl-C stops following; the run goes on in the mesh until it ends or `trprompt cancel` stops it.',
  );
  return examples(
    command,
    'run --preset quickstart',
    'run --preset gsm8k --set rollout.sampling.strategy=rebalance',
    'run --config my.yaml --report report.html',
    'run --preset quickstart --set iterations=1 --set rollout.questions=32',
    'run --config my.yaml --detach --json',
  );
}

async function start(cli: Cli, options: RunOptions): Promise<void> {
  const {
    config,
    examples: data,
    notes,
    warnings,
  } = await loadRunData(cli, await loadConfig(options, cli.io.workingDirectory));
  for (const warning of warnings)
    cli.warn(
      cli.json
        ? JSON.stringify({ type: 'warning', message: warning })
        : `${cli.colors.yellow('warning')}: ${warning}`,
    );
  const run = await cli.client.createRun(stringify(config), { examples: data, requestId: randomUUID() });
  cli.emit({ type: 'run', ...runJson(run) });
  cli.print(
    `${cli.colors.bold(run.runId)} started${data.length > 0 ? ` with ${data.length} examples` : ''}.`,
  );
  for (const note of notes) cli.print(`  ${note}`);
  if (options.detach) {
    cli.print(`  npm run trprompt -- watch ${run.runId}     to watch it`);
    cli.print(`  npm run trprompt -- report ${run.runId}    for what has been measured`);
    return;
  }
  await followAndReport(cli, run.runId, options.report);
}
