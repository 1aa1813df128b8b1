import { grpcServerConfig, llmConfigFields } from '@trprompt/service';
import { z } from 'zod';

/** What the target model service reads from its environment. */
export const targetLlmConfig = grpcServerConfig.extend({
  ...llmConfigFields,
  TRPROMPT_TEMPLATES: z
    .string()
    .optional()
    .describe('folder of template files; not set: those that ship with the mesh'),
});

export type TargetLlmConfig = z.infer<typeof targetLlmConfig>;
