import type { TemplateKind } from '@trprompt/core';
import { ChatModel } from './chat/chat-model.js';
import { OpenAiChatModel } from './openai/openai-chat-model.js';
import { TemplateBook } from './templates/template-book.js';

/** The settings of a service that calls a model (`llmConfigFields` of the service library). */
export interface InferenceSettings {
  TRPROMPT_LLM_BASE_URL: string;
  TRPROMPT_LLM_API_KEY: string;
  TRPROMPT_LLM_CONCURRENCY: number;
  TRPROMPT_LLM_TIMEOUT_SECONDS: number;
  TRPROMPT_TEMPLATES?: string;
}

/**
 * Nest providers of what every such service needs: the chat model, and its kind's templates.
 * @param load reads the templates of a folder; without one, those that ship with the mesh
 */
export function inferenceProviders(
  settings: InferenceSettings,
  kind: TemplateKind,
  load: (folder?: string) => Promise<Map<string, unknown>>,
) {
  return [
    {
      provide: ChatModel,
      useFactory: () =>
        new OpenAiChatModel({
          baseUrl: settings.TRPROMPT_LLM_BASE_URL,
          apiKey: settings.TRPROMPT_LLM_API_KEY,
          concurrency: settings.TRPROMPT_LLM_CONCURRENCY,
          timeoutMs: settings.TRPROMPT_LLM_TIMEOUT_SECONDS * 1000,
        }),
    },
    {
      provide: TemplateBook,
      useFactory: async () => new TemplateBook(await load(settings.TRPROMPT_TEMPLATES), kind),
    },
  ];
}
