export { fullJitterMs, type BackoffBounds } from './full-jitter.js';
export { RetryBudget, type RetryBudgetOptions } from './retry-budget.js';
