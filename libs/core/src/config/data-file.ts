import { z } from 'zod';

/** Where a field of an example stands in a record: a member's name, dotted for a member within a member. */
const member = (preset: string, what: string, shortest = 0) =>
  z
    .string()
    .min(shortest)
    .max(256)
    .default(preset)
    .describe(`${what} Dots lead into nested members: meta.level, choices.0.`);

/** How a file of labelled questions is read. */
export const fileSchema = z
  .strictObject({
    path: z
      .string()
      .max(4096)
      .default('')
      .describe('The file, relative to the configuration file (source: file).'),
    format: z
      .enum(['auto', 'jsonl', 'csv', 'tsv', 'parquet'])
      .default('auto')
      .describe(
        'auto: by the extension, .jsonl, .ndjson, .csv, .tsv or .parquet; those of text may be compressed (.gz).',
      ),
    records: z
      .enum(['auto', 'fields', 'gsm8k', 'gsmhard', 'math'])
      .default('auto')
      .describe(
        'What a record looks like. fields: members as named below; gsm8k: question, answer with the gold answer after "####"; gsmhard: input, target; math: problem, solution with the gold answer in its last \\boxed{}, level; auto: one of them by the members of the first record.',
      ),
    question: member('question', "The question's member.", 1),
    answer: member('answer', "The gold answer's member.", 1),
    id: member('id', 'The member that identifies a record; where it is absent, the content does.'),
    split: member('split', "The split's member: train, validation, confirmation or test, or nothing."),
    level: member('level', "The difficulty's member, a whole number."),
    subject: member('subject', "The subject's member, a text."),
  })
  .prefault({})
  .describe(
    'The file (source: file). Members that a record has not are passed over, but for question and answer.',
  );
