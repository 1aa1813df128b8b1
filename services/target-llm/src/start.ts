import { TargetLlmServiceService } from '@trprompt/proto/target_llm/v1/target_llm';
import { runGrpcService, type GrpcServiceOptions, type RunningService } from '@trprompt/service';
import type { TargetLlmConfig } from './config.js';
import { TargetLlmModule } from './target-llm.module.js';

/** Starts the target model service. */
export function start(
  config: TargetLlmConfig,
  options: Pick<GrpcServiceOptions, 'ownsProcess' | 'logger'> = {},
): Promise<RunningService> {
  return runGrpcService({
    name: 'target-llm',
    module: TargetLlmModule.register(config),
    services: [{ fullName: 'trprompt.target_llm.v1.TargetLlmService', definition: TargetLlmServiceService }],
    config,
    ...options,
  });
}
