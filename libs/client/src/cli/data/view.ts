import { describeExamples, type Example, type Lengths, type Tally } from '@trprompt/core';
import type { Manifest } from '@trprompt/datasets';
import { count, shortDigest } from '../../report/format.js';
import type { Cli } from '../cli.js';
import { table } from '../output/table.js';
import { quoted } from '../output/wrap.js';

const mostStrata = 12;

/** An imported data set for machines. */
export function manifestJson(manifest: Manifest, examples: readonly Example[]): object {
  return { ...manifest, description: describeExamples(examples) };
}

/** An imported data set for a person: where it comes from, what is in it, what was noticed. */
export function manifestText(manifest: Manifest, examples: readonly Example[], cli: Cli): string {
  const { title, origin, licence, grader, hash, leftOut, warnings } = manifest;
  const facts = [
    ['what', title],
    ...(origin === title ? [] : [['from', origin]]),
    ...(licence === '' ? [] : [['licence', licence]]),
    ['grader', grader],
    ['content', `sha256:${hash}`],
  ];
  return [
    table(['', ''], facts, 'll', cli.colors).split('\n').slice(1).join('\n'),
    descriptionText(examples, cli),
    paperText(manifest),
    ...leftOutText(leftOut),
    warningsText(warnings, cli),
  ]
    .filter((part) => part !== '')
    .join('\n\n');
}

/** Train and test by the rule that comes near the paper's, beside the paper's own counts; empty when it does not use the data set. */
export function paperText({ paper }: Pick<Manifest, 'paper'>): string {
  if (!paper) return '';
  const { filter, train, test, ours } = paper;
  const what = filter === '' ? 'all examples' : `filter ${filter}`;
  return `${what}: ${count(ours.train)} train / ${count(ours.test)} test (the paper: ${count(train)} / ${count(test)})`;
}

function leftOutText(leftOut: Manifest['leftOut']): string[] {
  const lines = Object.entries(leftOut).map(([id, reason]) => `  ${id}: ${reason}`);
  return lines.length === 0 ? [] : [`left out:\n${lines.join('\n')}`];
}

/** Warnings, each on lines of its own; empty when there is none. */
export function warningsText(warnings: readonly string[], cli: Cli): string {
  return warnings
    .map((warning) => `${cli.colors.yellow('warning')}: ${quoted(warning, cli.width, '  ').trimStart()}`)
    .join('\n');
}

/** Splits with hashes, lengths, forms of answers and strata. */
export function descriptionText(examples: readonly Example[], cli: Cli): string {
  if (examples.length === 0) return 'No examples.';
  const { splits, question, answer, shapes, levels, subjects, steps } = describeExamples(examples);
  const parts = [
    table(
      ['split', 'examples', 'content'],
      splits.map(({ value, examples: n, hash }) => [
        value === 'none' ? '(undivided)' : value,
        count(n),
        shortDigest(hash),
      ]),
      'lrl',
      cli.colors,
    ),
    table(
      ['characters', 'shortest', 'median', '95 %', 'longest'],
      [lengthRow('question', question), lengthRow('gold answer', answer)],
      'lrrrr',
      cli.colors,
    ),
    tallyTable('gold answers', shapes, cli),
    tallyTable('level', levels, cli),
    tallyTable('subject', subjects, cli),
    tallyTable('steps', steps, cli),
  ];
  return parts.filter((part) => part !== '').join('\n\n');
}

function lengthRow(name: string, { shortest, median, p95, longest }: Lengths): string[] {
  return [name, ...[shortest, median, p95, longest].map(count)];
}

function tallyTable(title: string, tallies: readonly Tally<string | number>[], cli: Cli): string {
  if (tallies.length === 0) return '';
  const rows = tallies.slice(0, mostStrata).map(({ value, examples }) => [String(value), count(examples)]);
  const rest = tallies.slice(mostStrata);
  if (rest.length > 0)
    rows.push([`(${rest.length} more)`, count(rest.reduce((sum, { examples }) => sum + examples, 0))]);
  return table([title, 'examples'], rows, 'lr', cli.colors);
}
