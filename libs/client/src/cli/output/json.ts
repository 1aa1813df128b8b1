import type { Progress, Run, RunReport } from '@trprompt/proto/coordinator/v1/coordinator';
import type { RunEvent } from '@trprompt/proto/events/v1/events';
import { stateName } from '../../report/findings.js';

/** A run for machines: the state is a word. */
export function runJson(run: Run): object {
  return { ...run, state: stateName(run.state) };
}

/** An event for machines: `{"type":"event","sequence":..,"name":"accuracyMeasured",...}`. */
export function eventJson({ runId, sequence, time, payload }: RunEvent): object {
  return { type: 'event', runId, sequence, time, name: payload?.$case ?? 'unknown', payload: payload?.value };
}

/** Progress for machines. */
export function progressJson(progress: Progress): object {
  return { type: 'progress', ...progress };
}

/** A report for machines. */
export function reportJson(report: RunReport): object {
  return { type: 'report', ...report, run: report.run && runJson(report.run) };
}
