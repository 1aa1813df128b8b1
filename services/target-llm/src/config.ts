import { grpcServerConfig, llmConfigFields } from '@trprompt/service';
import { z } from 'zod';

/** What the target model service reads from its environment. */
export const targetLlmConfig = grpcServerConfig.extend({
  ...llmConfigFields,
});

export type TargetLlmConfig = z.infer<typeof targetLlmConfig>;
