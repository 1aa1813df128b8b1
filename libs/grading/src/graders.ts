import type { GradingSettings } from '@trprompt/core';
import { createGrader, type GraderOptions } from './create-grader.js';
import { GraderFailure, type Grader } from './grader.js';

/** For whom is graded. */
export interface GraderScope {
  /** Empty: no run. */
  runId: string;
  /** Milliseconds for which a verdict is of use; may be Infinity. */
  timeLeftMs: () => number;
}

/** Opens the graders of a service; each is closed by who opened it. */
export class Graders {
  /** @param optionsFor what graders that work for a scope are given */
  constructor(private readonly optionsFor: (scope: GraderScope) => GraderOptions = () => ({})) {}

  /** @throws GraderFailure when the settings ask for what is not permitted or not there */
  open(settings: GradingSettings, scope: GraderScope): Grader {
    return createGrader(settings, this.optionsFor(scope));
  }

  /** Why `open` would fail; undefined when it would not. */
  problem(settings: GradingSettings): string | undefined {
    try {
      void this.open(settings, { runId: '', timeLeftMs: () => Infinity }).close();
      return undefined;
    } catch (error) {
      if (error instanceof GraderFailure) return error.message;
      throw error;
    }
  }
}
