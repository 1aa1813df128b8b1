import { PromptModelServiceService } from '@trprompt/proto/prompt_model/v1/prompt_model';
import { runGrpcService, type GrpcServiceOptions, type RunningService } from '@trprompt/service';
import type { PromptModelConfig } from './config.js';
import { PromptModelModule } from './prompt-model.module.js';

/** Starts the prompt model service. */
export function start(
  config: PromptModelConfig,
  options: Pick<GrpcServiceOptions, 'ownsProcess' | 'logger'> = {},
): Promise<RunningService> {
  return runGrpcService({
    name: 'prompt-model',
    module: PromptModelModule.register(config),
    services: [
      { fullName: 'trprompt.prompt_model.v1.PromptModelService', definition: PromptModelServiceService },
    ],
    config,
    ...options,
  });
}
