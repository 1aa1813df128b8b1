import { grpcServerConfig, llmConfigFields } from '@trprompt/service';
import { z } from 'zod';

/** What the reward critic service reads from its environment. */
export const rewardCriticConfig = grpcServerConfig.extend({
  ...llmConfigFields,
});

export type RewardCriticConfig = z.infer<typeof rewardCriticConfig>;
