import { type GraderKind, graderKinds } from '@trprompt/core';
import {
  defaultMapping,
  type FieldMapping,
  type FileFormat,
  fileFormats,
  type RecordLayout,
  recordLayouts,
} from '@trprompt/datasets';
import { type Command, Option } from 'commander';

/** How files are read, as options say it. */
export interface ReadingOptions extends Partial<FieldMapping> {
  format: FileFormat | 'auto';
  records: RecordLayout | 'auto';
  grader?: GraderKind;
  cache?: string;
}

/** Adds the options that say how files are read and where imported data sets are kept. */
export function readingOptions(command: Command): Command {
  return command
    .addOption(
      new Option('--format <format>', 'what the file is; auto: by its extension')
        .choices(['auto', ...fileFormats])
        .default('auto'),
    )
    .addOption(
      new Option('--records <layout>', 'what a record looks like; auto: by its members')
        .choices(['auto', ...recordLayouts])
        .default('auto'),
    )
    .option(
      '--question <member>',
      `the question's member (default: ${defaultMapping.question}); dots lead into nested ones`,
    )
    .option('--answer <member>', `the gold answer's member (default: ${defaultMapping.answer})`)
    .option(
      '--id <member>',
      `the id's member (default: ${defaultMapping.id}; without one the question identifies a record)`,
    )
    .option('--split <member>', `the split's member (default: ${defaultMapping.split})`)
    .option('--level <member>', `the difficulty's member, a whole number (default: ${defaultMapping.level})`)
    .option('--subject <member>', `the subject's member (default: ${defaultMapping.subject})`)
    .addOption(
      new Option('--grader <kind>', 'how answers are graded; the gold answers are checked for it').choices(
        graderKinds,
      ),
    )
    .addOption(cacheOption());
}

export function cacheOption(): Option {
  return new Option(
    '--cache <folder>',
    'where imported data sets are kept (default: TRPROMPT_DATA, else the cache folder of the user)',
  );
}

/** The mapping that options say. */
export function mappingOf(options: Partial<FieldMapping>): FieldMapping {
  const { question, answer, id, split, level, subject } = { ...defaultMapping, ...options };
  return { question, answer, id, split, level, subject };
}
