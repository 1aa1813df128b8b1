import { z } from 'zod';
import { exampleFilters } from '../data/filters/names.js';
import { fileSchema } from './data-file.js';
import { count } from './fields.js';

const splitValue = z.number().min(0).max(100_000).default(0);

const splitSchema = z
  .strictObject({
    train: splitValue.describe('Rollouts draw their questions here. Share or count; 0 is none.'),
    validation: splitValue.describe(
      'Scores candidates and chooses the best checkpoint. Share or count; 0 is none.',
    ),
    confirmation: splitValue.describe(
      'Held back to confirm what validation chose. Share or count; 0 is none.',
    ),
    test: splitValue.describe('Scored once, at the end. Share or count; 0 is none.'),
  })
  .superRefine((split, context) => {
    const values = Object.entries(split);
    const problem = (path: string[], message: string) => context.addIssue({ code: 'custom', path, message });
    if (values.some(([, value]) => value > 1)) {
      for (const [name, value] of values) {
        if (!Number.isInteger(value)) {
          problem(
            [name],
            `is ${value}, a share, but another value of the split is above 1 and makes all four counts: write whole numbers, or shares of 0 to 1 throughout`,
          );
        }
      }
      return;
    }
    const sum = values.reduce((total, [, value]) => total + value, 0);
    if (sum > 1 + 1e-9) problem([], `adds up to ${Number(sum.toFixed(6))}: shares may add up to at most 1`);
    if (sum === 0) problem([], 'is 0 throughout: give train and validation a share or a count');
  })
  .default({ train: 0.5, validation: 0.15, confirmation: 0, test: 0.35 })
  .describe(
    'How examples without a split of their own are divided. All four values are shares (0 to 1, adding up to at most 1); or, as soon as one is above 1, all four are counts (whole numbers). Values that are left out are 0.',
  );

/** Where the labelled questions come from and how they are divided. */
export const dataSchema = z
  .strictObject({
    source: z
      .enum(['generated', 'file', 'dataset', 'inline'])
      .default('generated')
      .describe(
        'generated: made from the seed, no download; file: a file, and dataset: an imported data set, read by the command line and sent along; inline: the examples come with CreateRun.',
      ),
    generated: z
      .strictObject({
        task: z
          .enum(['arithmetic-stories', 'writing-requests'])
          .default('arithmetic-stories')
          .describe(
            'Which generator. arithmetic-stories: word problems with a number as answer; writing-requests: up to 2304 requests for short pieces of writing, without gold answers (grading.kind judge).',
          ),
        count: count.min(1).default(300).describe('Examples to generate, 1 to 100000.'),
        levels: z
          .array(z.int().min(1).max(3))
          .min(1)
          .max(3)
          .default([1])
          .describe('Calculation steps of the stories, each 1 to 3; examples are spread evenly over them.'),
        distractors: z
          .number()
          .min(0)
          .max(1)
          .default(0.25)
          .describe('Probability, 0 to 1, that a story has a sentence with an irrelevant number.'),
        largest: z
          .int()
          .min(9)
          .max(999)
          .default(999)
          .describe('Largest number in a story, 9 to 999; small numbers make stories easier.'),
      })
      .prefault({})
      .describe('Settings of the generator (source: generated).'),
    file: fileSchema,
    dataset: z
      .string()
      .regex(
        /^(?:[a-z0-9][a-z0-9-]{0,39}(?:@[0-9a-f]{8,64})?)?$/,
        'must be the name of a data set, such as gsm8k, or name@hash to insist on one content',
      )
      .default('')
      .describe(
        'Name of an imported data set (source: dataset; `trprompt data list` has them), or name@hash for one content of it.',
      ),
    filter: z
      .enum(['', ...exampleFilters])
      .default('')
      .describe(
        'Which examples are used; empty: all. numeric-answer/v1: those whose gold answer is a single number, with unit, currency or percent sign or without.',
      ),
    split: splitSchema,
  })
  .prefault({})
  .superRefine((data, context) => {
    const problem = (path: string[], message: string) => context.addIssue({ code: 'custom', path, message });
    if (data.source === 'file' && data.file.path === '')
      problem(['file', 'path'], 'is empty: name the file with the questions, or choose another data.source');
    if (data.source === 'dataset' && data.dataset === '')
      problem(
        ['dataset'],
        'is empty: name an imported data set (`trprompt data list`), or choose another data.source',
      );
  })
  .describe('The labelled questions.');
