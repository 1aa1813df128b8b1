import { Module, type DynamicModule } from '@nestjs/common';
import { ChatModel, inferenceProviders } from '@trprompt/llm';
import { loadTemplates } from '@trprompt/service';
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
        ...inferenceProviders(config, 'target-llm', loadTemplates),
        { provide: TargetDefaults, useValue: { model: config.TRPROMPT_LLM_MODEL } satisfies TargetDefaults },
        { provide: TargetLlm, useFactory: (chat: ChatModel) => new TargetLlm(chat), inject: [ChatModel] },
      ],
    };
  }
}
