import { TextgradServiceService } from '@trprompt/proto/textgrad/v1/textgrad';
import { runGrpcService, type GrpcServiceOptions, type RunningService } from '@trprompt/service';
import type { TextgradConfig } from './config.js';
import { TextgradModule } from './textgrad.module.js';

/** Starts the search service. */
export function start(
  config: TextgradConfig,
  options: Pick<GrpcServiceOptions, 'ownsProcess' | 'logger'> = {},
): Promise<RunningService> {
  return runGrpcService({
    name: 'textgrad',
    module: TextgradModule.register(config),
    services: [{ fullName: 'trprompt.textgrad.v1.TextgradService', definition: TextgradServiceService }],
    config,
    ...options,
  });
}
