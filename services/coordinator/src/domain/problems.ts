import { YAMLParseError, parse } from 'yaml';

/** One thing that is wrong with a request. */
export interface Problem {
  /** Where, for instance "train.rank" or "examples[3].answer". */
  path: string;
  message: string;
  /** What may stand there. */
  allowed?: string;
}

/** A request that cannot be done, with everything that is wrong with it. */
export class RequestProblems extends Error {
  override readonly name = 'RequestProblems';
  constructor(readonly problems: readonly Problem[]) {
    super(problems.map(lineOf).join('\n'));
  }
}

function lineOf({ path, message, allowed }: Problem): string {
  const where = path === '' ? 'configuration' : path;
  return `${where}: ${message}${allowed === undefined || allowed === '' ? '' : ` (allowed: ${allowed})`}`;
}

/** A run, checkpoint or template that is asked for and does not exist. */
export class NotFound extends Error {
  override readonly name = 'NotFound';
}

/** Something that the state of a run does not allow. */
export class NotNow extends Error {
  override readonly name = 'NotNow';
}

/** Parses YAML or JSON text; throws RequestProblems with the line of the mistake. */
export function parseText(text: string): unknown {
  try {
    return parse(text);
  } catch (error) {
    const line = error instanceof YAMLParseError ? error.linePos?.[0].line : undefined;
    const message = `is no YAML${line === undefined ? '' : `, line ${line}`}: ${error instanceof Error ? error.message.split('\n')[0] : String(error)}`;
    throw new RequestProblems([{ path: '', message }]);
  }
}
