import { NumberText, progressEvery, type Progress, type Rows } from './rows.js';

/** The records of a JSON Lines text: one object a line. Empty lines are passed over. */
export function readJsonLines(text: string, progress: Progress = () => undefined): Rows {
  const read: Rows = { rows: [], problems: [], unit: 'line' };
  if (text.trimStart().startsWith('[')) {
    read.problems.push({
      line: 0,
      message:
        'is a JSON array: write one object a line, without brackets around them and commas between them',
    });
    return read;
  }
  const lines = text.split('\n');
  for (const [index, content] of lines.entries()) {
    if (index % progressEvery === 0) progress(read.rows.length);
    if (content.trim() === '') continue;
    const line = index + 1;
    const parsed = parse(content);
    if (typeof parsed === 'string') {
      // A file that was written to its end closes its last line.
      const cut = index === lines.length - 1 && content.trimStart().startsWith('{');
      read.problems.push({ line, message: cut ? `the file is cut off here: ${parsed}` : parsed });
    } else {
      read.rows.push({ line, fields: parsed });
    }
  }
  return read;
}

const wanted = 'write {"question": "...", "answer": "..."}';

function parse(content: string): Record<string, unknown> | string {
  let value: unknown;
  try {
    value = JSON.parse(content, keepDigits) as unknown;
  } catch (error) {
    return `no valid JSON: ${(error as Error).message}`;
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value) || value instanceof NumberText)
    return `no JSON object: ${wanted}`;
  return value as Record<string, unknown>;
}

/** Numbers stay as they are written: a long one or a decimal would change otherwise. */
function keepDigits(_key: string, value: unknown, context?: { source?: string }): unknown {
  return typeof value === 'number' ? new NumberText(context?.source ?? String(value)) : value;
}
