import { Module, type DynamicModule } from '@nestjs/common';
import { ChatModel, OpenAiChatModel, TemplateBook } from '@trprompt/llm';
import { defaultTemplatesFolder, loadTemplates } from '@trprompt/service';
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
              'target-llm',
            ),
        },
        { provide: TargetDefaults, useValue: { model: config.TRPROMPT_LLM_MODEL } satisfies TargetDefaults },
        { provide: TargetLlm, useFactory: (chat: ChatModel) => new TargetLlm(chat), inject: [ChatModel] },
      ],
    };
  }
}
