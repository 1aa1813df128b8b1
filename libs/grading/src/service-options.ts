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
};

/** The options of graders that follow the settings of a run, which are a user's input. */
export function serviceGraderOptions({
  TRPROMPT_GRADER_MODULES: folder,
}: z.infer<z.ZodObject<typeof graderConfigFields>>): GraderOptions {
  return { modules: folder === undefined ? undefined : { folder, confined: true } };
}
