import { z } from 'zod';
import { concurrency, modelName } from './fields.js';

const endpointSchema = z
  .strictObject({
    baseUrl: z
      .union([z.literal(''), z.url({ protocol: /^https?$/ })])
      .default('')
      .describe('OpenAI-compatible base URL, ending in /v1; empty: the embedded engine.'),
    model: modelName.default('').describe("The model's name there; empty: the engine's."),
    apiKeyEnv: z
      .string()
      .regex(
        /^(?:[A-Za-z_][A-Za-z0-9_]{0,127})?$/,
        'must be empty or the name of an environment variable (never the key itself)',
      )
      .default('')
      .describe('Name of the environment variable that holds the API key; empty: none is sent.'),
    concurrency: concurrency.default(64).describe('Requests in flight at once, 1 to 1024.'),
  })
  .prefault({});

/** What the local launcher starts. Everywhere else it is kept for provenance only. */
export const meshSchema = z
  .strictObject({
    engine: z
      .strictObject({
        enabled: z.boolean().default(true).describe('false when every endpoint has a baseUrl of its own.'),
        model: z
          .string()
          .max(4096)
          .default('')
          .describe('Path of a GGUF file; empty: the shipped SmolLM2-135M-Instruct.'),
        contextSize: z
          .int()
          .min(128)
          .max(1_048_576)
          .default(1024)
          .describe('Tokens of context per sequence, 128 to 1048576.'),
        parallel: z.int().min(1).max(256).default(4).describe('Sequences decoded together, 1 to 256.'),
        threads: z
          .int()
          .min(0)
          .max(1024)
          .default(0)
          .describe('Processor threads, 0 to 1024; 0 is one per core.'),
        queue: z
          .int()
          .min(1)
          .max(100_000)
          .default(256)
          .describe('Requests that may wait, 1 to 100000; past it the engine answers 429.'),
      })
      .prefault({})
      .describe('The embedded inference engine.'),
    endpoints: z
      .strictObject({
        promptModel: endpointSchema.describe('Where the prompt model is served.'),
        target: endpointSchema.describe('Where the target model is served.'),
        critic: endpointSchema.describe('Where the reward critic is served.'),
        editor: endpointSchema.describe('Where the editor of the reward search is served.'),
      })
      .prefault({})
      .describe('Inference endpoints by role.'),
    trainer: z
      .strictObject({
        baseModel: z
          .string()
          .max(4096)
          .default('')
          .describe("Hugging Face folder or GGUF path of the model to fine-tune; empty: the engine's GGUF."),
        threads: z
          .int()
          .min(0)
          .max(1024)
          .default(0)
          .describe('Processor threads, 0 to 1024; 0 is one per core.'),
      })
      .prefault({})
      .describe('The fine-tuning worker.'),
  })
  .prefault({})
  .superRefine(({ engine, endpoints }, context) => {
    if (engine.enabled) return;
    for (const [role, { baseUrl }] of Object.entries(endpoints)) {
      if (baseUrl !== '') continue;
      const message =
        'is empty, but mesh.engine.enabled is false: give the address of an endpoint, or enable the engine';
      context.addIssue({ code: 'custom', path: ['endpoints', role, 'baseUrl'], message });
    }
  })
  .describe(
    'What `npm start` and `npm run mesh` start on this machine; other ways of running keep it for provenance only.',
  );
