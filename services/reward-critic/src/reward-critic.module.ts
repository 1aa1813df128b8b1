import { Module, type DynamicModule } from '@nestjs/common';
import { ChatModel, inferenceProviders, refusedKey } from '@trprompt/llm';
import {
  EndpointMetrics,
  endpointMetrics,
  IdempotentResults,
  keptResults,
  loadTemplates,
} from '@trprompt/service';
import type { RewardCriticConfig } from './config.js';
import { CriticDefaults, RewardCriticController } from './reward-critic.controller.js';
import { RewardCritic, type TextualReward } from './reward-critic.service.js';

@Module({})
export class RewardCriticModule {
  static register(config: RewardCriticConfig): DynamicModule {
    return {
      module: RewardCriticModule,
      controllers: [RewardCriticController],
      providers: [
        endpointMetrics,
        ...inferenceProviders(config, 'critic', loadTemplates, EndpointMetrics),
        keptResults<TextualReward>(config, refusedKey),
        { provide: CriticDefaults, useValue: { model: config.TRPROMPT_LLM_MODEL } satisfies CriticDefaults },
        {
          provide: RewardCritic,
          useFactory: (chat: ChatModel, kept: IdempotentResults<TextualReward>) =>
            new RewardCritic(chat, kept),
          inject: [ChatModel, IdempotentResults],
        },
      ],
    };
  }
}
