import { z } from 'zod';
import { concurrency } from './fields.js';
import { samplingSchema } from './sampling.js';

/** How triples are gathered. */
export const rolloutSchema = z
  .strictObject({
    questions: z
      .int()
      .min(1)
      .max(100_000)
      .default(800)
      .describe(
        'Training questions per iteration, 1 to 100000; above the size of the train split, questions repeat.',
      ),
    sampling: samplingSchema,
    concurrency: concurrency.default(64).describe('Questions in flight at once, 1 to 1024.'),
    exploration: z
      .strictObject({
        share: z
          .number()
          .min(0)
          .max(1)
          .default(0)
          .describe(
            'Share of the prompts, 0 to 1, that is drawn from the pool instead of the prompt model; 0 is the paper.',
          ),
        iterations: z
          .int()
          .min(0)
          .max(100)
          .default(1)
          .describe('Iterations, counted from the first, that explore, 0 to 100.'),
        prompts: z
          .array(z.string().trim().min(1).max(4000))
          .max(1000)
          .default([])
          .describe(
            'The pool, up to 1000 prompts of 1 to 4000 characters; empty: the built-in expert prompts.',
          ),
      })
      .prefault({})
      .describe('Prompts drawn from a pool, for prompt models too weak to find good prompts by themselves.'),
  })
  .prefault({})
  .describe('Step 1 of an iteration: question, prompt, answer, textual reward.');
