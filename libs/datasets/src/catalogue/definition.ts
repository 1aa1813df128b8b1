import { exampleFilters, graderKinds } from '@trprompt/core';
import { z } from 'zod';
import { recordLayouts } from '../records/layouts.js';

const value = z.number().min(0).max(100_000).default(0);

const fileSchema = z.strictObject({
  /** Its name on disk. */
  name: z.string().regex(/^[\w.-]{1,128}$/),
  /** Split of its records: published as such, or said by the beginning of each id ("test/algebra/1"). Absent: they have none. */
  split: z.enum(['train', 'test', 'by-id']).optional(),
  /** Where it can be fetched; absent: a user has to have it. */
  url: z.url({ protocol: /^https?$/ }).optional(),
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  bytes: z.int().min(1),
  /** Records in it. */
  records: z.int().min(1),
});

/**
 * A known data set: where its files come from, how they are checked and read, and how a run divides it. One YAML file each in `catalogue/`, or a
 * user's own.
 */
export const definitionSchema = z.strictObject({
  name: z.string().regex(/^[a-z0-9][a-z0-9-]{0,39}$/),
  title: z.string().min(1).max(200),
  /** Where it was published. */
  origin: z.string().min(1).max(500),
  licence: z.string().min(1).max(200),
  grader: z.enum(graderKinds),
  /** Sets of files with the same records; the first one that can be had is used. */
  sources: z
    .array(z.strictObject({ records: z.enum(recordLayouts), files: z.array(fileSchema).min(1).max(64) }))
    .min(1)
    .max(8),
  /** Records that are of no use, by id, with the reason. */
  leftOut: z.record(z.string(), z.string()).default({}),
  /** How a run divides what has no split of its own (published train included), unless its configuration says otherwise. */
  division: z.strictObject({ train: value, validation: value, confirmation: value, test: value }),
  /** The counts that the TRPrompt paper gives, and the filter that comes near them. */
  paper: z
    .strictObject({
      filter: z.enum(['', ...exampleFilters]).default(''),
      train: z.int().min(0),
      test: z.int().min(0),
    })
    .optional(),
});

export type Definition = z.output<typeof definitionSchema>;
export type Source = Definition['sources'][number];
export type SourceFile = Source['files'][number];
