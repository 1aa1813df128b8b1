export { mcnemarExact } from './mcnemar.js';
export { wilson, type Interval } from './wilson.js';
export { winRate, type Outcomes, type WinRate } from './win-rate.js';
