import { Module, type DynamicModule } from '@nestjs/common';
import { ChatModel, inferenceProviders, refusedKey, type ChatCompletion } from '@trprompt/llm';
import {
  EndpointMetrics,
  endpointMetrics,
  IdempotentResults,
  keptResults,
  loadTemplates,
} from '@trprompt/service';
import type { TargetLlmConfig } from './config.js';
import { TargetDefaults, TargetLlmController } from './target-llm.controller.js';
import { TargetLlm } from './target-llm.service.js';

@Module({})
export class TargetLlmModule {
  static register(config: TargetLlmConfig): DynamicModule {
    return {
      module: TargetLlmModule,
      controllers: [TargetLlmController],
      providers: [
        endpointMetrics,
        ...inferenceProviders(config, 'target-llm', loadTemplates, EndpointMetrics),
        keptResults<ChatCompletion>(config, refusedKey),
        { provide: TargetDefaults, useValue: { model: config.TRPROMPT_LLM_MODEL } satisfies TargetDefaults },
        {
          provide: TargetLlm,
          useFactory: (chat: ChatModel, kept: IdempotentResults<ChatCompletion>) => new TargetLlm(chat, kept),
          inject: [ChatModel, IdempotentResults],
        },
      ],
    };
  }
}
