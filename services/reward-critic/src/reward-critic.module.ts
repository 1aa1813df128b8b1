import { Module, type DynamicModule } from '@nestjs/common';
import { ChatModel, OpenAiChatModel, TemplateBook } from '@trprompt/llm';
import { defaultTemplatesFolder, loadTemplates } from '@trprompt/service';
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
        {
          provide: ChatModel,
          useFactory: () =>
            new OpenAiChatModel({
              baseUrl: config.TRPROMPT_LLM_BASE_URL,
              apiKey: config.TRPROMPT_LLM_API_KEY,
              concurrency: config.TRPROMPT_LLM_CONCURRENCY,
              timeoutMs: config.TRPROMPT_LLM_TIMEOUT_SECONDS * 1000,
            }),
        },
        {
          provide: TemplateBook,
          useFactory: async () =>
            new TemplateBook(
              await loadTemplates(config.TRPROMPT_TEMPLATES ?? defaultTemplatesFolder()),
              'critic',
            ),
        },
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
