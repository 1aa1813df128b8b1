import { grpcServerConfig, llmConfigFields } from '@trprompt/service';
import { graderConfigFields } from '@trprompt/grading';
import { z } from 'zod';

/** What the search service reads from its environment; TRPROMPT_LLM_* is the editor's endpoint. */
export const textgradConfig = grpcServerConfig.extend({
  ...llmConfigFields,
  ...graderConfigFields,
  TRPROMPT_PROMPT_MODEL_ADDRESS: z.string().min(1).describe('host:port of the prompt model service'),
  TRPROMPT_TARGET_LLM_ADDRESS: z.string().min(1).describe('host:port of the target model service'),
});

export type TextgradConfig = z.infer<typeof textgradConfig>;
