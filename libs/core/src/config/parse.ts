import { idealReward } from '../critic/compose.js';
import { describeProblem, type ConfigProblem } from './problems.js';
import { runConfigSchema, type RunConfig } from './schema.js';

export type ParsedRunConfig = { ok: true; config: RunConfig } | { ok: false; problems: ConfigProblem[] };

/** Checks a configuration (parsed YAML or JSON) and fills in defaults, or lists every problem at once. Never throws. */
export function parseRunConfig(input: unknown): ParsedRunConfig {
  const first = runConfigSchema.safeParse(input, { reportInput: true });
  if (first.success) return { ok: true, config: fitting(first.data) };
  const { issues } = first.error;
  // Rules across fields are not looked at while fields are wrong by themselves. So that one reading shows everything, the
  // wrong fields are taken out and the rest is checked again.
  const rest = runConfigSchema.safeParse(without(input, issues), { reportInput: true });
  const hidden = rest.success ? [] : rest.error.issues.filter(({ code }) => code === 'custom');
  const problems = [...issues, ...hidden].flatMap(describeProblem);
  const distinct = new Map(problems.map((problem) => [`${problem.path}: ${problem.message}`, problem]));
  return { ok: false, problems: [...distinct.values()] };
}

/** The default reward text speaks of a right answer; where a judge decides, none is right. */
function fitting(config: RunConfig): RunConfig {
  if (config.grading.kind !== 'judge' || config.search.initialReward !== idealReward()) return config;
  return { ...config, search: { ...config.search, initialReward: idealReward('judge') } };
}

type Issue = Parameters<typeof describeProblem>[0];

/** A copy without the fields that the issues name; a wrong list item takes its list along. */
function without(input: unknown, issues: readonly Issue[]): unknown {
  if (!isMapping(input)) return input;
  const copy = copyOf(input);
  for (const issue of issues) {
    if (issue.code === 'custom') continue;
    const path = issue.path.map(String);
    if (issue.code === 'unrecognized_keys') {
      for (const key of issue.keys) remove(copy, [...path, key]);
    } else {
      remove(copy, path);
    }
  }
  return { ...copy, name: 'name' in copy ? copy.name : 'unnamed' };
}

function remove(from: Record<string, unknown>, [key, ...rest]: readonly string[]): void {
  if (key === undefined) return;
  const inner = from[key];
  if (rest.length > 0 && isMapping(inner)) remove(inner, rest);
  else delete from[key];
}

function copyOf(value: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(value).map(([key, member]) => [key, isMapping(member) ? copyOf(member) : member]),
  );
}

function isMapping(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
