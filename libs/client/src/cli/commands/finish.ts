import { writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type Run, RunState, type RunReport } from '@trprompt/proto/coordinator/v1/coordinator';
import { renderHtmlReport } from '../../report/html.js';
import { renderSummary } from '../../report/summary.js';
import type { Cli } from '../cli.js';
import { CliError } from '../errors.js';
import { exitCodes } from '../exit-codes.js';
import { reportJson } from '../output/json.js';
import { follow } from '../progress/follow.js';

/** Follows a run to its end, then shows its report; the exit code says whether it succeeded. */
export async function followAndReport(cli: Cli, runId: string, htmlFile?: string): Promise<void> {
  if ((await follow(cli, runId)) === 'detached') return;
  const report = await cli.client.getReport(runId);
  cli.print();
  await showReport(cli, report, htmlFile);
  setExitCode(cli, report.run);
}

/** Shows a report and writes its HTML form when a file is named. */
export async function showReport(cli: Cli, report: RunReport, htmlFile?: string): Promise<void> {
  cli.emit(reportJson(report));
  cli.print(renderSummary(report, { width: cli.width, colors: cli.colors }));
  if (htmlFile === undefined) return;
  const path = resolve(cli.io.workingDirectory, htmlFile);
  try {
    await writeFile(path, renderHtmlReport(report));
  } catch (error) {
    throw new CliError(`The report cannot be written to ${path}: ${(error as Error).message}.`);
  }
  cli.emit({ type: 'report-file', path });
  cli.print();
  cli.print(`Report: ${pathToFileURL(path).href}`);
}

function setExitCode(cli: Cli, run: Run | undefined): void {
  if (run?.state !== RunState.RUN_STATE_SUCCEEDED) cli.exitCode = exitCodes.failed;
}
