import type { z } from 'zod';
import { allowedValues, closest, keysAt } from './hints.js';

/** One thing that is wrong with a configuration. */
export interface ConfigProblem {
  /** Where, for instance "train.rank" or "data.generated.levels[0]"; empty for the configuration as a whole. */
  path: string;
  /** What is wrong and, where it helps, how to fix it: one clause that continues the path. */
  message: string;
  /** What may stand there, for a person, for instance "llm, verifier, hybrid" or "integer, 1 to 256". */
  allowed?: string;
}

/** The problems that one issue of the schema stands for. */
export function describeProblem(issue: z.core.$ZodIssue): ConfigProblem[] {
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
  // Someone may have pasted the key itself: it must not reach a terminal or log.
  const value = issue.path.at(-1) === 'apiKeyEnv' ? 'not shown' : shown(issue.input);
  switch (issue.code) {
    case 'invalid_format':
      return issue.format === 'regex'
        ? `is ${value}: ${issue.message}`
        : `is ${value}, which has not the right form`;
    case 'invalid_union':
      return `is ${value}, which has not the right form`;
    case 'invalid_value': {
      const meant = closest(String(issue.input), issue.values.map(String));
      return `is ${value}${meant === undefined ? ', which is not one of the allowed values' : `: did you mean "${meant}"?`}`;
    }
    case 'too_big':
    case 'too_small':
      return `is ${value}: it must ${bound(issue)}`;
    case 'invalid_type':
      return `is ${value}: it must be ${typeName(issue.expected)}`;
    default:
      return `is ${value}, which is not allowed here`;
  }
}

function bound(issue: z.core.$ZodIssueTooBig | z.core.$ZodIssueTooSmall): string {
  const [strict, loose, limit] =
    issue.code === 'too_big' ? ['below', 'at most', issue.maximum] : ['above', 'at least', issue.minimum];
  const amount = `${issue.inclusive === false ? strict : loose} ${limit}`;
  if (issue.origin === 'string') return `have ${amount} characters`;
  return issue.origin === 'array' ? `have ${amount} items` : `be ${amount}`;
}

function typeName(expected: string): string {
  const names: Record<string, string> = {
    int: 'a whole number',
    number: 'a number',
    string: 'text',
    boolean: 'true or false',
    object: 'a mapping',
    array: 'a list',
  };
  return names[expected] ?? expected;
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
