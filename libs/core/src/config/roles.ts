import { z } from 'zod';
import { decodingSchema } from './decoding.js';
import { modelName, systemText, templateId, templateIdOrEmpty } from './fields.js';

/** The prompt model (Pi). */
export const promptModelSchema = z
  .strictObject({
    model: modelName.default('').describe("The base model's name at the endpoint; empty: the service's own."),
    template: templateId
      .default('prompt-model/v1')
      .describe('Template of its instruction; training uses the same.'),
    decoding: decodingSchema({ temperature: 0.9, maxTokens: 64 }),
  })
  .prefault({})
  .describe('The prompt model: writes a prompt for each question under a textual reward.');

/** The target model (M). */
export const targetSchema = z
  .strictObject({
    model: modelName.default('').describe("Its name at the endpoint; empty: the service's own."),
    template: templateId.default('target-llm/v1').describe('Template that joins question and prompt.'),
    placement: z
      .enum(['append', 'prepend', 'system'])
      .default('append')
      .describe('Where the prompt stands: after the question, before it, or as the system message.'),
    system: systemText.default('').describe("System text in front of everything; empty: the template's own."),
    role: z
      .enum(['user', 'system'])
      .default('user')
      .describe('Role of the message that carries the question.'),
    decoding: decodingSchema({ temperature: 0.001, maxTokens: 256 }),
  })
  .prefault({})
  .describe('The target model: answers questions; its weights never change.');

/** The reward critic (R). */
export const criticSchema = z
  .strictObject({
    mode: z
      .enum(['llm', 'verifier', 'hybrid'])
      .default('llm')
      .describe(
        'llm: a language model writes the reward; verifier: it is composed from graded facts, at no call; hybrid: a language model writes it from those facts.',
      ),
    template: templateIdOrEmpty.default('').describe("Template of the critique; empty: the mode's own."),
    system: systemText.default('').describe("System text in front; empty: the template's own."),
    model: modelName.default('').describe("Its name at the endpoint; empty: the service's own."),
    decoding: decodingSchema({ temperature: 0.001, maxTokens: 160 }),
  })
  .prefault({})
  .describe('The reward critic: says in words how good a prompt was.');
