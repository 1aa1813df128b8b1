import { Graders, JudgeGrader, serviceGraderOptions } from '@trprompt/grading';
import type { CoordinatorConfig } from '../../config.js';
import type { Judge } from '../../domain/ports.js';

/** How the coordinator makes every grader: what settings of a run may ask for, and whom it calls. */
export function gradersOf(config: Pick<CoordinatorConfig, 'TRPROMPT_GRADER_MODULES'>, judge: Judge): Graders {
  const permitted = serviceGraderOptions(config);
  return new Graders((scope) => ({
    ...permitted,
    judge: ({ judge: settings }) => {
      const session = judge.open(scope, settings);
      const compare: ConstructorParameters<typeof JudgeGrader>[0] = (task, signal) =>
        session.call(task, signal);
      return new JudgeGrader(compare, settings.ties, () => session.close());
    },
  }));
}
