import { grpcServerConfig, llmConfigFields } from '@trprompt/service';
import { z } from 'zod';

/** What the prompt model service reads from its environment. */
export const promptModelConfig = grpcServerConfig.extend({
  ...llmConfigFields,
  TRPROMPT_ARTEFACTS: z.string().min(1).describe('folder of the artefact store'),
});

export type PromptModelConfig = z.infer<typeof promptModelConfig>;
