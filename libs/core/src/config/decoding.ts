import { z } from 'zod';

/** Defaults of one role's decoding. */
interface DecodingDefaults {
  temperature: number;
  maxTokens: number;
}

/** How one role decodes; the same fields for all, each role with its own defaults. */
export function decodingSchema(defaults: DecodingDefaults) {
  return z
    .strictObject({
      temperature: z
        .number()
        .min(0)
        .max(2)
        .default(defaults.temperature)
        .describe('Sampling temperature, 0 to 2; 0 is greedy.'),
      topP: z
        .number()
        .gt(0)
        .max(1)
        .default(1)
        .describe(
          'Nucleus sampling: the probability mass that is sampled from, above 0 to 1; 1 cuts nothing.',
        ),
      maxTokens: z
        .int()
        .min(1)
        .max(32_768)
        .default(defaults.maxTokens)
        .describe('Most tokens that one call generates, 1 to 32768.'),
      stop: z
        .array(z.string().min(1))
        .max(4)
        .default([])
        .describe('At most 4 strings at which decoding stops; they are not part of the text.'),
    })
    .prefault({})
    .describe('How this role decodes.');
}

export type DecodingConfig = z.infer<ReturnType<typeof decodingSchema>>;
