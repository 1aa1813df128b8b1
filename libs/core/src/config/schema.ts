import { z } from 'zod';
import { baselineMethods } from '../prompts/baselines.js';
import { maxSeed } from '../seeds/derive.js';
import { dataSchema } from './data.js';
import { count } from './fields.js';
import { gradingSchema } from './grading.js';
import { checkMoneyLimit, limitsSchema, pricesSchema } from './limits.js';
import { meshSchema } from './mesh.js';
import { criticSchema, promptModelSchema, targetSchema } from './roles.js';
import { rolloutSchema } from './rollout.js';
import { searchSchema } from './search.js';
import { trainSchema } from './train.js';

/**
 * The configuration of a run. Every field but `name` has a default; where the paper (arXiv 2507.18618, section 4) states a
 * value, it is the default. Unknown keys are problems, so a misspelt setting is never silently ignored.
 */
export const runConfigSchema = z
  .strictObject({
    name: z
      .string()
      .regex(/^[a-z0-9-]{1,40}$/, 'must be 1 to 40 of the characters a-z, 0-9 and "-"')
      .describe('Name of the run: 1 to 40 of the characters a-z, 0-9 and "-".'),
    seed: z
      .int()
      .min(0)
      .max(maxSeed)
      .default(7)
      .describe('Everything random derives from it, 0 to 2147483647.'),
    data: dataSchema,
    grading: gradingSchema,
    iterations: z
      .int()
      .min(1)
      .max(100)
      .default(4)
      .describe('Outer iterations of rollout, training and search, 1 to 100.'),
    rollout: rolloutSchema,
    promptModel: promptModelSchema,
    target: targetSchema,
    critic: criticSchema,
    train: trainSchema,
    search: searchSchema,
    evaluate: z
      .strictObject({
        baselines: z
          .array(z.enum(baselineMethods))
          .max(baselineMethods.length)
          .default([...baselineMethods])
          .describe(
            'Methods scored on the test split beside TRPrompt: base is the bare question, cot adds "Let\'s think step by step.".',
          ),
        testQuestions: count.default(0).describe('Test questions that are scored, 0 to 100000; 0 is all.'),
      })
      .prefault({})
      .describe('The evaluation at the end.'),
    failures: z
      .strictObject({
        tolerance: z
          .number()
          .min(0)
          .max(1)
          .default(0.05)
          .describe('Share of the items of a phase, 0 to 1, that may be given up before the run fails.'),
      })
      .prefault({})
      .describe('What happens to items that fail after all retries.'),
    limits: limitsSchema,
    prices: pricesSchema,
    events: z
      .strictObject({
        samples: z
          .boolean()
          .default(false)
          .describe('Publish every triple as an event; off, since questions and answers may be private.'),
      })
      .prefault({})
      .describe('What is published beside the course of the run.'),
    mesh: meshSchema,
  })
  .superRefine(checkMoneyLimit)
  .describe('Configuration of a TRPrompt run.');

/** A configuration with all defaults filled in. */
export type RunConfig = z.output<typeof runConfigSchema>;
/** A configuration as a person writes it. */
export type RunConfigInput = z.input<typeof runConfigSchema>;
