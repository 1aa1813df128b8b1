import { z } from 'zod';
import type { GraderOptions } from './create-grader.js';

/** What an operator permits to the graders of a service, by its environment. */
export const graderConfigFields = {
  TRPROMPT_GRADER_MODULES: z
    .string()
    .min(1)
    .optional()
    .describe(
      'folder of the modules that runs may name in grading.custom.module, the same for coordinator and textgrad; not set: modules are refused',
    ),
  TRPROMPT_GRADER_HOSTS: z
    .string()
    .min(1)
    .optional()
    .describe(
      'hosts, with or without a port, that grading.custom.url and grading.custom.grpc of runs may name, separated by commas; not set: all',
    ),
};

/** What a service has read of `graderConfigFields`. */
export type GraderConfig = z.infer<z.ZodObject<typeof graderConfigFields>>;

/** The options of graders that follow the settings of a run, which are a user's input. */
export function serviceGraderOptions({
  TRPROMPT_GRADER_MODULES: folder,
  TRPROMPT_GRADER_HOSTS: hosts,
}: GraderConfig): GraderOptions {
  return {
    modules: folder === undefined ? undefined : { folder, confined: true },
    hosts: hosts?.split(',').map((host) => host.trim()),
  };
}
