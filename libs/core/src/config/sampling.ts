import { z } from 'zod';

/** How the questions of a rollout are drawn from the train split. */
export const samplingSchema = z
  .strictObject({
    strategy: z
      .enum(['uniform', 'stratified', 'rebalance'])
      .default('uniform')
      .describe(
        'uniform: every question is as likely, as in the paper; stratified: every stratum gets its share; rebalance: toward questions that were answered wrong before.',
      ),
    strata: z
      .enum(['auto', 'level', 'subject', 'steps', 'length'])
      .default('auto')
      .describe(
        'What makes a stratum: level, subject or calculation steps of the question, or a quarter of the questions by length. auto: the first of these that at least half of the questions have.',
      ),
    wrongShare: z
      .number()
      .min(0.05)
      .max(0.95)
      .default(0.5)
      .describe(
        'Share of wrong answers that rebalance aims at, 0.05 to 0.95. Where more than that is wrong anyway it draws uniformly.',
      ),
    floor: z
      .number()
      .min(0.01)
      .max(1)
      .default(0.2)
      .describe(
        'Share of the draws of rebalance, 0.01 to 1, that goes to the questions drawn longest ago, so that none starves.',
      ),
    prior: z
      .number()
      .min(0.1)
      .max(100)
      .default(0.5)
      .describe(
        "Weight of the stratum's share of wrong answers against a question's own history, in answers, 0.1 to 100.",
      ),
    decay: z
      .number()
      .min(0.01)
      .max(1)
      .default(0.8)
      .describe(
        'Weight of an answer of the iteration before last, 0.01 to 1, where one of the last iteration has 1; and so on back.',
      ),
    repeats: z
      .int()
      .min(1)
      .max(16)
      .default(1)
      .describe(
        'Times that rebalance may draw one question in a rollout, 1 to 16; 1 is without replacement. Small train splits may need more to reach wrongShare.',
      ),
  })
  .prefault({})
  .describe('How the questions are drawn.');
