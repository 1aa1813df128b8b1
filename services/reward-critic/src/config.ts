import { grpcServerConfig, llmConfigFields } from '@trprompt/service';
import { z } from 'zod';

/** What the reward critic service reads from its environment. */
export const rewardCriticConfig = grpcServerConfig.extend({
  ...llmConfigFields,
  TRPROMPT_TEMPLATES: z
    .string()
    .optional()
    .describe('folder of template files; not set: those that ship with the mesh'),
});

export type RewardCriticConfig = z.infer<typeof rewardCriticConfig>;
