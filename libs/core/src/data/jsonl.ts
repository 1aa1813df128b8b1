import { z } from 'zod';
import { type DataProblem, type Example, exampleSplits } from './example.js';

/** Names of the members that hold question and gold answer (`data.file` of the configuration). */
export interface ExampleFields {
  question: string;
  answer: string;
}

/**
 * Reads labelled questions from JSON Lines. Blank lines are skipped; numbers are taken as gold answers too. The members `id`,
 * `split` and `level` are read where a line has them; without an id it is the line's number.
 *
 * @returns the examples of the good lines, and a problem for each bad one with its 1-based line
 */
export function parseExamples(
  text: string,
  fields: ExampleFields,
): { examples: Example[]; problems: DataProblem[] } {
  const schema = z.object({
    [fields.question]: z.string(),
    [fields.answer]: z.union([z.string(), z.number().transform(String)]),
  });
  const optional = z.object({
    id: z.union([z.string(), z.number().transform(String)]).optional(),
    split: z.enum(exampleSplits).optional(),
    level: z.number().optional(),
  });
  const examples: Example[] = [];
  const problems: DataProblem[] = [];
  text.split('\n').forEach((line, index) => {
    if (line.trim() === '') return;
    const path = `line ${index + 1}`;
    const value = parseJson(line);
    const required = schema.safeParse(value);
    const rest = optional.safeParse(value);
    if (value === undefined) problems.push({ path, message: 'is no JSON: write one object per line' });
    else if (!required.success) {
      problems.push({
        path,
        message: `needs the members "${fields.question}" (text) and "${fields.answer}" (text or number)`,
      });
    } else if (!rest.success) {
      problems.push({
        path,
        message: `has a wrong ${rest.error.issues[0]?.path.join('.')}: ${rest.error.issues[0]?.message}`,
      });
    } else {
      const { id = String(index + 1), split, level } = rest.data;
      const question = String(required.data[fields.question]);
      const answer = String(required.data[fields.answer]);
      examples.push({ id, question, answer, ...(split && { split }), ...(level !== undefined && { level }) });
    }
  });
  return { examples, problems };
}

function parseJson(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
