import type { StepKey } from './model.js';

/** The step after the loop. */
export const testStepKey: StepKey = { iteration: 0, phase: 'test' };

/** Item ids of the test step are "<method>:<example>". */
export function testItemPrefix(method: string): string {
  return `${method}:`;
}
