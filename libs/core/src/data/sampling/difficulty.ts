/** What an earlier rollout of the same run showed of a question. */
export interface PastDraw {
  /** 1-based, before the iteration that is drawn now. */
  iteration: number;
  exampleId: string;
  /** Undefined: the question was given up. */
  correct: boolean | undefined;
}

/** What is known of one question. */
export interface Difficulty {
  /** Estimated probability of a wrong answer, above 0 and below 1. */
  wrong: number;
  /** The last iteration that drew it; 0: none has. */
  lastDrawn: number;
}

/** Answers that a stratum's prior counts as. */
const stratumPrior = 20;

interface Count {
  wrong: number;
  answers: number;
}

/**
 * Estimates how likely a wrong answer is, question by question: its own answers, those of iteration k - 1 - i weighing decay^i, shrunk toward the share of
 * its stratum by `prior` answers; the stratum's share is shrunk toward the share of all answers by twenty; that one by one right and one wrong answer.
 * So a question without history is as difficult as those like it. It is the posterior mean of a hierarchical beta-binomial model with fixed weights (in
 * the spirit of Efron and Morris, "Stein's estimation rule and its competitors", 1973); the decay forgets, since prompt model and reward change.
 *
 * Only sums, products and quotients, which every platform rounds alike.
 *
 * @param strata ids of the questions of each stratum; every question once
 * @param iteration the one that is drawn now
 */
export function difficulties(
  strata: Iterable<readonly string[]>,
  history: readonly PastDraw[],
  iteration: number,
  { prior, decay }: { prior: number; decay: number },
): Map<string, Difficulty> {
  const own = new Map<string, Count>();
  const lastDrawn = new Map<string, number>();
  const all: Count = { wrong: 0, answers: 0 };
  for (const past of history) {
    lastDrawn.set(past.exampleId, Math.max(past.iteration, lastDrawn.get(past.exampleId) ?? 0));
    if (past.correct === undefined) continue;
    let weight = 1;
    for (let age = iteration - 1 - past.iteration; age > 0; age--) weight *= decay;
    const count = own.get(past.exampleId) ?? { wrong: 0, answers: 0 };
    own.set(past.exampleId, count);
    for (const each of [count, all]) {
      each.answers += weight;
      if (!past.correct) each.wrong += weight;
    }
  }
  const overall = (all.wrong + 1) / (all.answers + 2);
  const known = new Map<string, Difficulty>();
  for (const ids of strata) {
    const sum: Count = { wrong: 0, answers: 0 };
    for (const id of ids) {
      sum.wrong += own.get(id)?.wrong ?? 0;
      sum.answers += own.get(id)?.answers ?? 0;
    }
    const share = shrunk(sum, overall, stratumPrior);
    for (const id of ids)
      known.set(id, { wrong: shrunk(own.get(id), share, prior), lastDrawn: lastDrawn.get(id) ?? 0 });
  }
  return known;
}

function shrunk(count: Count | undefined, toward: number, weight: number): number {
  return ((count?.wrong ?? 0) + weight * toward) / ((count?.answers ?? 0) + weight);
}
