import { z } from 'zod';
import { allowedValues, closest, keysAt } from './hints.js';
import { runConfigSchema, type RunConfig } from './schema.js';

/** One thing that is wrong with a configuration. */
export interface ConfigProblem {
  /** Where, for instance "train.rank" or "data.generated.levels[0]"; empty for the configuration as a whole. */
  path: string;
  /** What is wrong and, where it helps, how to fix it: one sentence without the path. */
  message: string;
  /** What may stand there, for a person, for instance "llm, verifier, hybrid" or "integer, 1 to 256". */
  allowed?: string;
}

export type ParsedRunConfig = { ok: true; config: RunConfig } | { ok: false; problems: ConfigProblem[] };

/** Checks a configuration (parsed YAML or JSON) and fills in defaults, or lists every problem at once. Never throws. */
export function parseRunConfig(input: unknown): ParsedRunConfig {
  const result = runConfigSchema.safeParse(input, { reportInput: true });
  if (result.success) return { ok: true, config: result.data };
  return { ok: false, problems: result.error.issues.flatMap(problemsOf) };
}

function problemsOf(issue: z.core.$ZodIssue): ConfigProblem[] {
  const path = issue.path.map((part) => (typeof part === 'number' ? part : String(part)));
  if (issue.code === 'unrecognized_keys') {
    const known = keysAt(path);
    return issue.keys.map((key) => {
      const meant = closest(key, known);
      return {
        path: formatPath([...path, key]),
        message: `is no setting${meant === undefined ? '' : `: did you mean "${meant}"?`}`,
        allowed: known.join(', '),
      };
    });
  }
  const allowed = allowedValues(path);
  return [
    { path: formatPath(path), message: messageOf(issue), ...(allowed === undefined ? {} : { allowed }) },
  ];
}

function messageOf(issue: z.core.$ZodIssue): string {
  if (issue.code === 'custom') return issue.message;
  if (issue.input === undefined && issue.code === 'invalid_type') return 'is missing: it is required';
  const value = shown(issue.input);
  if (issue.code === 'invalid_format' && issue.format === 'regex') return `is ${value}: ${issue.message}`;
  if (issue.code === 'invalid_value') {
    const meant = closest(String(issue.input), issue.values.map(String));
    return `is ${value}${meant === undefined ? ', which is not one of the allowed values' : `: did you mean "${meant}"?`}`;
  }
  if (issue.code === 'too_big' || issue.code === 'too_small') return `is ${value}: ${bound(issue)}`;
  if (issue.code === 'invalid_type') return `is ${value}: it must be ${article(issue.expected)}`;
  return `is ${value}, which is not allowed here`;
}

function bound(issue: z.core.$ZodIssueTooBig | z.core.$ZodIssueTooSmall): string {
  const unit = { string: ' characters', array: ' items' }[issue.origin as 'string' | 'array'] ?? '';
  const limit = issue.code === 'too_big' ? issue.maximum : issue.minimum;
  const relation =
    issue.code === 'too_big'
      ? issue.inclusive === false
        ? 'below'
        : 'at most'
      : issue.inclusive === false
        ? 'above'
        : 'at least';
  return unit === '' ? `it must be ${relation} ${limit}` : `it must have ${relation} ${limit}${unit}`;
}

function article(expected: string): string {
  const name =
    { int: 'integer', object: 'mapping', array: 'list' }[expected as 'int' | 'object' | 'array'] ?? expected;
  return `${/^[aeiou]/.test(name) ? 'an' : 'a'} ${name}`;
}

function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 80 ? `${text.slice(0, 77)}...` : text;
}

function formatPath(path: readonly (string | number)[]): string {
  return path
    .map((part, i) => (typeof part === 'number' ? `[${part}]` : `${i === 0 ? '' : '.'}${part}`))
    .join('');
}
