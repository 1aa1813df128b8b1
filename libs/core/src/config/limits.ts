import { z } from 'zod';
import type { PaidRole, RolePrice } from '../usage/price.js';

const noLimit = z.number().min(0).default(0);

/** What a run may spend, over all its attempts. */
export const limitsSchema = z
  .strictObject({
    calls: z
      .int()
      .min(0)
      .default(0)
      .describe('Most model calls of the run; only retries may go past it. 0 is no limit.'),
    tokens: z
      .int()
      .min(0)
      .default(0)
      .describe('Most tokens of the run, prompt and completion together; 0 is no limit.'),
    money: noLimit.describe('Most money of the run, in the currency of prices; 0 is no limit.'),
    seconds: noLimit.describe('Most seconds the run works, over all its attempts; 0 is no limit.'),
  })
  .prefault({})
  .describe(
    'A reached limit stops the run: no question is begun any more, those in flight are finished, everything paid for is kept. `trprompt resume RUN --set limits.calls=2000` goes on.',
  );

const price = z.number().min(0);

const rolePriceSchema = z
  .strictObject({
    prompt: price.default(0).describe('Price of a million prompt tokens.'),
    cachedPrompt: price
      .nullable()
      .default(null)
      .describe('Price of a million prompt tokens from the prefix cache; null: the price of prompt.'),
    completion: price.default(0).describe('Price of a million generated tokens.'),
    call: price.default(0).describe('Price of a call, retries included.'),
  })
  .prefault({});

/** What the endpoints charge. */
export const pricesSchema = z
  .strictObject({
    currency: z
      .string()
      .min(1)
      .max(16)
      .default('USD')
      .describe('Name of the currency in reports, 1 to 16 characters; all prices are in it.'),
    promptModel: rolePriceSchema.describe('Prices of the prompt model.'),
    target: rolePriceSchema.describe('Prices of the target model.'),
    critic: rolePriceSchema.describe('Prices of the reward critic.'),
    judge: rolePriceSchema
      .nullable()
      .default(null)
      .describe(
        'Prices of the judge (grading.kind judge), as those of the critic; null: those of the critic.',
      ),
    editor: rolePriceSchema.describe('Prices of the editor of the reward search.'),
    training: z
      .strictObject({ hour: price.default(0).describe('Price of an hour of fine-tuning.') })
      .prefault({})
      .describe('Price of the machine that trains.'),
  })
  .prefault({})
  .describe('Price table: what model calls and fine-tuning cost. Reports and limits.money count with it.');

type Limits = z.output<typeof limitsSchema>;
type Prices = z.output<typeof pricesSchema>;

/** Whether anything has a price. */
export function hasPrices({ promptModel, target, critic, judge, editor, training }: Prices): boolean {
  const roles = [promptModel, target, critic, judge ?? critic, editor];
  return training.hour > 0 || roles.some((role) => Object.values(role).some((value) => (value ?? 0) > 0));
}

/** What a role's calls cost: a judge without prices of its own is called where the critic is. */
export function priceOfRole(prices: Prices, role: PaidRole): RolePrice {
  return prices[role] ?? prices.critic;
}

/** A limit of money that nothing counts against would never hold: a problem. */
export function checkMoneyLimit(
  { limits, prices }: { limits: Limits; prices: Prices },
  context: z.RefinementCtx,
): void {
  if (limits.money === 0 || hasPrices(prices)) return;
  const message = `is ${limits.money}, but nothing has a price: fill in prices (for instance prices.target.completion), or set it to 0`;
  context.addIssue({ code: 'custom', path: ['limits', 'money'], message });
}
