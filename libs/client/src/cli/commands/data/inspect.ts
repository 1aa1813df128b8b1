import { createRandom, describeExamples, type Example } from '@trprompt/core';
import { compareWithImported } from '@trprompt/datasets';
import { Command } from 'commander';
import type { Cli } from '../../cli.js';
import { type OpenedData, openData, storeOf } from '../../data/open-data.js';
import { readingOptions, type ReadingOptions } from '../../data/reading.js';
import { descriptionText, manifestText, warningsText } from '../../data/view.js';
import { exitCodes } from '../../exit-codes.js';
import { StatusLine } from '../../output/status-line.js';
import { oneLine, quoted } from '../../output/wrap.js';
import { examples, wholeNumber } from '../options.js';

interface InspectOptions extends ReadingOptions {
  samples: number;
  seed: number;
  compare: boolean;
}

const mostProblems = 50;

/** `trprompt data inspect`: what is in a data set, and what is wrong with it. */
export function inspectCommand(cli: Cli): Command {
  const command = readingOptions(
    new Command('inspect')
      .description('show counts, lengths, strata, forms of answers, samples and problems of a data set')
      .argument('<data>', 'an imported data set (name or name@hash), or a file')
      .option('--samples <n>', 'how many examples to show', wholeNumber(0, 1000), 3)
      .option('--seed <n>', 'which ones', wholeNumber(0, 2 ** 31 - 1), 7)
      .option('--no-compare', 'do not look for its questions in other imported data sets'),
  ).action((reference: string, options: InspectOptions) => inspect(cli, reference, options));
  command.addHelpText('after', '\nThe exit code is 2 when there are problems.');
  return examples(
    command,
    'data inspect gsm8k',
    'data inspect my.csv --answer gold',
    'data inspect my.jsonl --json',
  );
}

async function inspect(cli: Cli, reference: string, options: InspectOptions): Promise<void> {
  const data = await openData(cli, reference, options);
  const warnings = [...data.warnings, ...(options.compare ? await compared(cli, data, options) : [])];
  const samples = createRandom(options.seed).sample(
    data.examples,
    Math.min(options.samples, data.examples.length),
  );
  const { manifest, problems } = data;
  cli.emit({
    type: 'inspection',
    data: data.label,
    grader: data.grader,
    ...(manifest && { manifest }),
    description: describeExamples(data.examples),
    samples,
    problems,
    warnings,
  });
  cli.print(cli.colors.bold(data.label));
  cli.print(
    manifest
      ? manifestText({ ...manifest, warnings }, data.examples, cli)
      : [`grader ${data.grader}`, descriptionText(data.examples, cli), warningsText(warnings, cli)]
          .filter((part) => part !== '')
          .join('\n\n'),
  );
  for (const sample of samples) cli.print(`\n${sampleText(sample, cli)}`);
  showProblems(cli, data);
}

async function compared(cli: Cli, data: OpenedData, { cache }: InspectOptions): Promise<string[]> {
  const status = new StatusLine(cli);
  status.show('comparing with other data sets');
  const found = await compareWithImported(storeOf(cli, cache), {
    name: data.label,
    examples: data.examples,
  });
  status.clear();
  return found;
}

function sampleText({ id, split, question, answer }: Example, cli: Cli): string {
  const head = [id, split].filter((part) => part !== undefined).join(' · ');
  return [
    cli.colors.dim(oneLine(head, cli.width)),
    quoted(question.slice(0, 2000), cli.width),
    `  ${cli.colors.dim('gold:')} ${oneLine(answer, cli.width - 8)}`,
  ].join('\n');
}

function showProblems(cli: Cli, { problems, unit }: OpenedData): void {
  if (problems.length === 0) {
    cli.print('\nNo problems.');
    return;
  }
  cli.exitCode = exitCodes.usage;
  cli.print(`\n${cli.colors.red(`${problems.length} problem${problems.length === 1 ? '' : 's'}`)}`);
  const sorted = problems.toSorted((a, b) => a.line - b.line);
  for (const { line, message } of sorted.slice(0, mostProblems))
    cli.print(quoted(`${line === 0 ? 'the file ' : `${unit} ${line}: `}${message}`, cli.width));
  if (sorted.length > mostProblems) cli.print(`  and ${sorted.length - mostProblems} more (--json has all)`);
}
