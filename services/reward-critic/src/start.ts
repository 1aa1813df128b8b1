import { RewardCriticServiceService } from '@trprompt/proto/reward_critic/v1/reward_critic';
import { runGrpcService, type GrpcServiceOptions, type RunningService } from '@trprompt/service';
import type { RewardCriticConfig } from './config.js';
import { RewardCriticModule } from './reward-critic.module.js';

/** Starts the reward critic service. */
export function start(
  config: RewardCriticConfig,
  options: Pick<GrpcServiceOptions, 'ownsProcess' | 'logger'> = {},
): Promise<RunningService> {
  return runGrpcService({
    name: 'reward-critic',
    module: RewardCriticModule.register(config),
    services: [
      { fullName: 'trprompt.reward_critic.v1.RewardCriticService', definition: RewardCriticServiceService },
    ],
    config,
    ...options,
  });
}
