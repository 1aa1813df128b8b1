import { pureGraderKinds, type GradingSettings, type PureGraderKind } from '@trprompt/core';
import { GraderFailure, type Grader } from './grader.js';
import { PureGrader } from './pure-grader.js';

/** What graders of some kinds need beside their settings. */
export interface GraderOptions {
  /** Folder that `custom.module` is below. Absent: modules are not permitted. */
  folder?: string;
  /** Makes the grader of kind judge. Absent: that kind fails. */
  judge?: (settings: GradingSettings) => Grader;
}

/**
 * The grader of a kind.
 * @throws GraderFailure when the settings ask for what is not permitted or not there
 */
export function createGrader(settings: GradingSettings, options: GraderOptions = {}): Grader {
  if (isPure(settings)) return new PureGrader(settings);
  if (options.judge) return options.judge(settings);
  throw new GraderFailure(`grading.kind: ${(settings as GradingSettings).kind} cannot be used here`);
}

function isPure(settings: GradingSettings): settings is GradingSettings & { kind: PureGraderKind } {
  return (pureGraderKinds as readonly string[]).includes(settings.kind);
}
