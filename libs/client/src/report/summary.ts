import type { RunReport } from '@trprompt/proto/coordinator/v1/coordinator';
import { type Colors, createColors } from '../cli/output/colors.js';
import { table } from '../cli/output/table.js';
import { quoted } from '../cli/output/wrap.js';
import {
  loopAccuracies,
  methodResults,
  phaseLabel,
  share,
  stateSentence,
  stepLabel,
  type Verdict,
  verdicts,
} from './findings.js';
import { count, duration, percent, percentInterval, pValue, shortDigest } from './format.js';
import { totalCost } from './sections/costs.js';

/** How a summary looks. */
export interface SummaryOptions {
  /** Columns. Default: 100. */
  width?: number;
  /** Default: none. */
  colors?: Colors;
}

/** The report as text for a terminal: methods with intervals, what the comparison says, accuracy by step, best checkpoint and t*, cost. */
export function renderSummary(report: RunReport, options: SummaryOptions = {}): string {
  const colors = options.colors ?? createColors(false);
  const width = Math.min(options.width ?? 100, 120);
  const blocks = [
    `${colors.bold(`Run ${quoted(report.run?.runId ?? '', width, '')}`)}\n${quoted(stateSentence(report.run), width, '')}`,
    methods(report, width, colors),
    steps(report, colors),
    checkpoint(report, width, colors),
    costs(report, colors),
    problems(report, width, colors),
  ];
  return blocks.filter((block) => block !== '').join('\n\n');
}

function methods(report: RunReport, width: number, colors: Colors): string {
  const results = methodResults(report);
  if (results.length === 0) return `${heading('Test split', colors)}\n  Not scored yet.`;
  const rows = results.map((result) => {
    const ours = result.method === 'trprompt' ? colors.bold : String;
    return [
      ours(`  ${result.label}`),
      ours(`${result.correct}/${result.total}`),
      ours(percent(result.accuracy)),
      ours(percentInterval(result.low, result.high)),
      result.comparison ? pValue(result.comparison.pValue) : '',
    ];
  });
  const found = verdicts(results).map((verdict) => verdictText(verdict, width, colors));
  return [
    heading('Test split', colors),
    table(['  method', 'right', 'accuracy', '95 % interval', 'paired test'], rows, 'lrrrr', colors),
    ...(found.length > 0
      ? ['', ...found]
      : ['', '  No baseline was evaluated, so there is nothing to compare with.']),
  ].join('\n');
}

function verdictText({ kind, sentence }: Verdict, width: number, colors: Colors): string {
  const text = quoted(sentence, width);
  if (kind === 'improvement') return colors.green(text);
  return kind === 'worse' ? colors.red(text) : colors.yellow(text);
}

function steps(report: RunReport, colors: Colors): string {
  const measured = loopAccuracies(report);
  if (measured.length === 0) return '';
  const rows = measured.map((entry) => [
    `  ${stepLabel(entry)}`,
    entry.split,
    `${entry.correct}/${entry.total}`,
    percent(share(entry.correct, entry.total)),
    percentInterval(entry.low, entry.high),
  ]);
  return `${heading('Accuracy by iteration and step', colors)}\n${table(['  step', 'split', 'right', 'accuracy', '95 % interval'], rows, 'llrrr', colors)}`;
}

function checkpoint({ run }: RunReport, width: number, colors: Colors): string {
  const best = run?.best;
  if (!best) return `${heading('Best checkpoint', colors)}\n  None yet.`;
  const where = best.iteration > 0 ? stepLabel(best) : 'the untrained start';
  const adapter = best.adapter ? `adapter ${shortDigest(best.adapter.digest)}` : 'base model without adapter';
  return [
    heading('Best checkpoint', colors),
    `  ${where}: ${best.correct}/${best.total} on validation (${percent(share(best.correct, best.total))}), ${adapter}`,
    '  t*:',
    quoted(best.reward, width, '    '),
  ].join('\n');
}

function costs(report: RunReport, colors: Colors): string {
  if (report.costs.length === 0) return '';
  const row = (
    label: string,
    calls: number,
    prompt: number,
    generated: number,
    seconds: number,
  ): string[] => [`  ${label}`, count(calls), count(prompt), count(generated), duration(seconds)];
  const total = totalCost(report.costs);
  const rows = report.costs.map(({ phase, iteration, usage, seconds }) =>
    row(
      phaseLabel(phase, iteration),
      usage?.calls ?? 0,
      usage?.promptTokens ?? 0,
      usage?.completionTokens ?? 0,
      seconds,
    ),
  );
  rows.push(
    row('all', total.calls, total.promptTokens, total.completionTokens, total.seconds).map((cell) =>
      colors.bold(cell),
    ),
  );
  return `${heading('Cost', colors)}\n${table(['  phase', 'calls', 'tokens in', 'tokens out', 'time'], rows, 'lrrrr', colors)}`;
}

function problems(report: RunReport, width: number, colors: Colors): string {
  const parts = Object.entries(report.counters)
    .filter(([, value]) => value > 0)
    .sort(([a], [b]) => a.localeCompare(b))
    .map(([name, value]) => `${name} ${count(value)}`);
  if (report.givenUp.length > 0) parts.unshift(`items given up ${count(report.givenUp.length)}`);
  return parts.length === 0 ? '' : `${heading('Counters', colors)}\n${quoted(parts.join(' · '), width)}`;
}

function heading(text: string, colors: Colors): string {
  return colors.bold(text);
}
