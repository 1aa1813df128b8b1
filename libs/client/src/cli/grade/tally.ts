import type { Graded } from './case-graders.js';

interface Share {
  cases: number;
  correct: number;
}

/** What a file of cases came to. */
export class Tally {
  cases = 0;
  correct = 0;
  errors = 0;
  readonly byKind: Record<string, Share> = {};
  readonly byMethod: Record<string, Share> = {};

  add(kind: string, { correct, method, error }: Graded): void {
    this.cases += 1;
    this.correct += correct ? 1 : 0;
    this.errors += error === undefined ? 0 : 1;
    count(this.byKind, kind, correct);
    count(this.byMethod, method, correct);
  }
}

function count(shares: Record<string, Share>, name: string, correct: boolean): void {
  const share = (shares[name] ??= { cases: 0, correct: 0 });
  share.cases += 1;
  share.correct += correct ? 1 : 0;
}
