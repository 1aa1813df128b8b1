import { Graders, serviceGraderOptions } from '@trprompt/grading';
import type { TextgradConfig } from '../config.js';

/** How the search makes every grader: what settings of a run may ask for, and whom it calls; the same as in the coordinator. */
export function gradersOf(config: TextgradConfig): Graders {
  const permitted = serviceGraderOptions(config);
  return new Graders(() => permitted);
}
