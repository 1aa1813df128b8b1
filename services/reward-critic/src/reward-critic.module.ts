import { Module, type DynamicModule } from '@nestjs/common';
import { ChatModel, inferenceProviders } from '@trprompt/llm';
import { loadTemplates } from '@trprompt/service';
import type { RewardCriticConfig } from './config.js';
import { CriticDefaults, RewardCriticController } from './reward-critic.controller.js';
import { RewardCritic } from './reward-critic.service.js';

@Module({})
export class RewardCriticModule {
  static register(config: RewardCriticConfig): DynamicModule {
    return {
      module: RewardCriticModule,
      controllers: [RewardCriticController],
      providers: [
        ...inferenceProviders(config, 'critic', loadTemplates),
        { provide: CriticDefaults, useValue: { model: config.TRPROMPT_LLM_MODEL } satisfies CriticDefaults },
        {
          provide: RewardCritic,
          useFactory: (chat: ChatModel) => new RewardCritic(chat),
          inject: [ChatModel],
        },
      ],
    };
  }
}
