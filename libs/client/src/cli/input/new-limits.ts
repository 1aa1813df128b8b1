import { CliError } from '../errors.js';
import { applySettings } from './set.js';

const names = ['calls', 'tokens', 'money', 'seconds'] as const;
type Limits = Partial<Record<(typeof names)[number], number>>;

/**
 * New limits from assignments such as `limits.calls=2000`. Everything else of a run stays as it was when it was created: its results so far depend on it.
 *
 * @returns undefined when nothing is assigned
 * @throws CliError naming what cannot be set
 */
export function newLimits(assignments: readonly string[]): Limits | undefined {
  if (assignments.length === 0) return undefined;
  const limits: Limits = {};
  for (const assignment of assignments) {
    const path = assignment.split('=', 1)[0] ?? '';
    const name = names.find((known) => path === `limits.${known}`);
    if (!name)
      throw new CliError(
        `--set ${assignment}: only limits can be changed when a run goes on (${names.map((known) => `limits.${known}`).join(', ')}); start a new run for anything else.`,
      );
    const { limits: set } = applySettings({ limits: {} }, [assignment]) as {
      limits: Record<string, unknown>;
    };
    const value = set[name];
    if (typeof value !== 'number' || !(value >= 0))
      throw new CliError(`--set ${assignment}: give a number, 0 for no limit.`);
    limits[name] = value;
  }
  return limits;
}
