import { type Command, InvalidArgumentError } from 'commander';

/** Adds examples (and other notes) to a command's --help. */
export function examples(command: Command, ...lines: readonly string[]): Command {
  return command.addHelpText(
    'after',
    `\nExamples:\n${lines.map((line) => `  $ trprompt ${line}`).join('\n')}`,
  );
}

/** How a run may be named, for --help. */
export const runArgument = 'a run id, the unique beginning of one, or latest';

/** Collects an option that may be given several times. */
export function collect(value: string, previous: string[]): string[] {
  return [...previous, value];
}

/** Reads an option that is a whole number. */
export function wholeNumber(least: number, most: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (Number.isInteger(value) && value >= least && value <= most && text.trim() !== '') return value;
    throw new InvalidArgumentError(`A whole number of ${least} to ${most} is needed.`);
  };
}
