/** One thing that is wrong with a file of examples. */
export interface FileProblem {
  /** The file's name; empty when there is only one. */
  file: string;
  /** 1-based; 0: the file as a whole. */
  line: number;
  /** What is wrong and how to fix it: one clause. */
  message: string;
}

/** Files that cannot be used as a data set, with everything that is wrong with them; the message lists the first ones. */
export class DatasetError extends Error {
  override name = 'DatasetError';

  constructor(
    message: string,
    readonly problems: readonly FileProblem[] = [],
  ) {
    super(message);
  }
}

const mostShown = 50;

/**
 * The error of files with problems.
 *
 * @param unit what is counted: lines, or rows of a Parquet file
 * @param effect what did not happen, for instance "nothing was started"
 */
export function problemsError(
  subject: string,
  problems: readonly FileProblem[],
  unit: string,
  effect: string,
): DatasetError {
  const sorted = problems.toSorted((a, b) => a.file.localeCompare(b.file) || a.line - b.line);
  const shown = sorted.slice(0, mostShown).map((problem) => `  ${placeOf(problem, unit)}${problem.message}`);
  if (sorted.length > mostShown) shown.push(`  and ${sorted.length - mostShown} more`);
  const count = `${sorted.length} problem${sorted.length === 1 ? '' : 's'}`;
  return new DatasetError(`${subject} has ${count}; ${effect}.\n${shown.join('\n')}`, sorted);
}

function placeOf({ file, line }: FileProblem, unit: string): string {
  if (line === 0) return `${file === '' ? 'the file' : file} `;
  return `${file === '' ? '' : `${file} `}${unit} ${line}: `;
}
