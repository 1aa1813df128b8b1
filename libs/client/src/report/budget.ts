import type { BudgetLine, PhaseCost, RunReport } from '@trprompt/proto/coordinator/v1/coordinator';
import { count, duration, money } from './format.js';

/** Whether anything has a price in this run. */
export function hasMoney({ budget, costs }: RunReport): boolean {
  return budget.some(({ name }) => name === 'money') || costs.some((cost) => cost.money > 0);
}

/** The limits in force, each with what is spent of it; none are left out. */
export function limitsInForce({ budget }: RunReport): BudgetLine[] {
  return budget.filter(({ limit }) => limit > 0);
}

/** An amount of what a limit counts. */
export function amount(name: string, value: number, currency: string): string {
  if (name === 'money') return money(value, currency);
  return name === 'seconds' ? duration(value) : count(Math.round(value));
}

/** What one role cost over all phases. */
export interface RoleTotal {
  label: string;
  calls: number;
  promptTokens: number;
  completionTokens: number;
  money: number;
}

const labels: Record<string, string> = {
  promptModel: 'Prompt model',
  target: 'Target model',
  critic: 'Reward critic',
  judge: 'Judge',
  editor: 'Editor',
  training: 'Fine-tuning',
  '': 'Not known by role',
};

/** Costs by role, in the order of the loop. */
export function roleTotals(costs: readonly PhaseCost[]): RoleTotal[] {
  return Object.entries(labels).flatMap(([role, label]) => {
    const own = costs.flatMap(({ roles }) => roles.filter((cost) => cost.role === role));
    if (own.length === 0) return [];
    const total: RoleTotal = { label, calls: 0, promptTokens: 0, completionTokens: 0, money: 0 };
    for (const { usage, money: paid } of own) {
      total.calls += usage?.calls ?? 0;
      total.promptTokens += usage?.promptTokens ?? 0;
      total.completionTokens += usage?.completionTokens ?? 0;
      total.money += paid;
    }
    return [total];
  });
}
