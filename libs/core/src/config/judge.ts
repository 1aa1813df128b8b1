import { z } from 'zod';
import { decodingSchema } from './decoding.js';
import { modelName, templateIdOrEmpty } from './fields.js';

/** Options of the grader kind `judge`: a language model compares two answers, for tasks without a gold answer. */
export const judgeSchema = z
  .strictObject({
    model: modelName.default('').describe("The judge's name at the endpoint; empty: the service's own."),
    template: templateIdOrEmpty
      .default('')
      .describe("Template of the comparison; empty: the service's default."),
    decoding: decodingSchema({ temperature: 0, maxTokens: 256 }),
  })
  .prefault({})
  .describe('Options of kind judge.');
