import { z } from 'zod';
import { decodingSchema } from './decoding.js';
import { modelName, systemText, templateIdOrEmpty } from './fields.js';

/** Options of the grader kind `judge`: a language model compares two answers, for tasks without a gold answer. */
export const judgeSchema = z
  .strictObject({
    criteria: z
      .string()
      .trim()
      .max(4000)
      .default('')
      .describe(
        "What makes an answer good, in words, up to 4000 characters; empty: the template's own criteria.",
      ),
    reference: z
      .enum(['base', 'file'])
      .default('base')
      .describe(
        "What answers are compared with. base: the example's answer where it has one, otherwise the target model's own answer to the bare question, made once; file: the example's answer, which then every example must have.",
      ),
    ties: z
      .enum(['loss', 'win'])
      .default('loss')
      .describe(
        'What a tie counts as in the accuracy, which is the win rate. Reports give ties beside it, and the score in which a tie is half a win.',
      ),
    model: modelName
      .default('')
      .describe("The judge's name at the critic's endpoint; empty: the service's own."),
    template: templateIdOrEmpty
      .default('')
      .describe("Template of the comparison; empty: the service's default."),
    system: systemText.default('').describe("System text in front; empty: the template's own."),
    decoding: decodingSchema({ temperature: 0, maxTokens: 256 }),
  })
  .prefault({})
  .describe('Options of kind judge.');
