import { mcnemarExact } from './mcnemar.js';
import { wilson, type Interval } from './wilson.js';

/** Outcomes of comparisons with a reference, counted; each at least 0. */
export interface Outcomes {
  wins: number;
  ties: number;
  losses: number;
}

/** What outcomes say about the one that was compared. */
export interface WinRate {
  /** wins / total, 0 to 1; 0 when there is none. */
  rate: number;
  /** 95 % Wilson interval of the win rate. */
  interval: Interval;
  /** (wins + ties / 2) / total, 0 to 1: one half is as good as the reference. 0 when there is none. */
  score: number;
  /**
   * Exact two-sided sign test of wins against losses, ties left out (Dixon and Mood, JASA 1946; with pairs of right and wrong it is McNemar's exact
   * test), 0 to 1.
   */
  pValue: number;
}

/** @throws RangeError when the counts are no counts */
export function winRate({ wins, ties, losses }: Outcomes): WinRate {
  const total = wins + ties + losses;
  return {
    rate: total === 0 ? 0 : wins / total,
    interval: wilson(wins, total),
    score: total === 0 ? 0 : (wins + ties / 2) / total,
    pValue: mcnemarExact(wins, losses),
  };
}
