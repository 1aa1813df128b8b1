import { exampleFilters, exampleSplits, graderKinds } from '@trprompt/core';
import { z } from 'zod';
import { recordLayouts } from '../records/layouts.js';

const digest = z.string().regex(/^[0-9a-f]{64}$/);

/** What is known of an imported data set: `manifest.json` beside its records. */
export const manifestSchema = z.object({
  /** Version of this form. */
  version: z.literal(1),
  name: z.string(),
  title: z.string(),
  /** SHA-256 of records.jsonl, which is in the order of the ids: it depends on the content alone. */
  hash: digest,
  examples: z.int(),
  /** Examples by the split that they came with; `none` have to be divided. */
  counts: z.partialRecord(z.enum([...exampleSplits, 'none']), z.int()),
  grader: z.enum(graderKinds),
  origin: z.string(),
  licence: z.string(),
  /** The files it was made from. */
  files: z.array(z.object({ name: z.string(), sha256: digest, records: z.int() })),
  /** How their records were read. */
  records: z.enum(recordLayouts),
  mapping: z.record(z.string(), z.string()).optional(),
  /** Records that were left out, by id, with the reason. */
  leftOut: z.record(z.string(), z.string()),
  /** How a run divides what has no split, unless its configuration says otherwise. */
  division: z
    .object({ train: z.number(), validation: z.number(), confirmation: z.number(), test: z.number() })
    .optional(),
  /** Counts that the TRPrompt paper gives for this data set, the filter that comes near its selection, and what that gives. */
  paper: z
    .object({
      filter: z.enum(['', ...exampleFilters]),
      train: z.int(),
      test: z.int(),
      ours: z.object({ train: z.int(), test: z.int() }),
    })
    .optional(),
  /** What was noticed at the import and does not keep it from being used. */
  warnings: z.array(z.string()),
});

export type Manifest = z.output<typeof manifestSchema>;
