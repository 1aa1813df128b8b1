import { Module, type DynamicModule } from '@nestjs/common';
import { ChatModel, inferenceProviders, refusedKey, TemplateBook } from '@trprompt/llm';
import {
  EndpointMetrics,
  endpointMetrics,
  IdempotentResults,
  keptResults,
  loadTemplates,
} from '@trprompt/service';
import type { RewardCriticConfig } from './config.js';
import { Judge, type PaidOrder } from './judge.service.js';
import { CriticDefaults, JudgeTemplates, RewardCriticController } from './reward-critic.controller.js';
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
        {
          provide: Judge,
          useFactory: (chat: ChatModel) =>
            new Judge(chat, keptResults<PaidOrder>(config, refusedKey).useFactory()),
          inject: [ChatModel],
        },
        { provide: JudgeTemplates, useFactory: () => judgeTemplates(config.TRPROMPT_TEMPLATES) },
      ],
    };
  }
}

/** A folder of templates that was made before there were judges has none: then those that ship with the mesh serve. */
async function judgeTemplates(folder: string | undefined): Promise<TemplateBook<'judge'>> {
  const own = folder === undefined ? [] : await loadTemplates(folder);
  return new TemplateBook(new Map([...(await loadTemplates()), ...own]), 'judge');
}
