import { z } from 'zod';
import { idealReward } from '../critic/compose.js';
import { decodingSchema } from './decoding.js';
import { count, modelName, templateId } from './fields.js';

/** The optimal-reward search. */
export const searchSchema = z
  .strictObject({
    enabled: z.boolean().default(true).describe('false keeps the initial reward throughout.'),
    strategy: z
      .enum(['sequential'])
      .default('sequential')
      .describe('sequential: one candidate a step, on the validation questions, kept if better (the paper).'),
    steps: z.int().min(1).max(1000).default(10).describe('Optimisation steps per iteration, 1 to 1000.'),
    minibatch: z
      .int()
      .min(1)
      .max(64)
      .default(4)
      .describe('Failures, and as many successes, shown to the editor a step, 1 to 64.'),
    initialReward: z
      .string()
      .trim()
      .min(1)
      .max(10_000)
      .default(idealReward())
      .describe(
        'The reward text before the first search, 1 to 10000 characters. With grading.kind judge the default speaks of a better answer instead of a right one.',
      ),
    template: templateId.default('textgrad/v1').describe('Template of the critique and edit texts.'),
    model: modelName.default('').describe("The editor's name at the endpoint; empty: the service's own."),
    decoding: decodingSchema({ temperature: 0.7, maxTokens: 768 }),
    validationQuestions: count
      .default(0)
      .describe('Validation questions that score a candidate, 0 to 100000; 0 is all.'),
    maxRewardLength: z
      .int()
      .min(1)
      .max(10_000)
      .default(2000)
      .describe('Longest reward text in characters, 1 to 10000; a longer candidate is rejected.'),
  })
  .prefault({})
  .superRefine((search, context) => {
    if (search.initialReward.length > search.maxRewardLength) {
      context.addIssue({
        code: 'custom',
        path: ['initialReward'],
        message: `has ${search.initialReward.length} characters, search.maxRewardLength allows ${search.maxRewardLength}: shorten the one or raise the other`,
      });
    }
  })
  .describe('Step 3 of an iteration: the search for the optimal reward t*.');
