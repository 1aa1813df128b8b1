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

/** Questions that a stratum's prior counts as. */
const stratumPrior = 20;

/**
 * Estimates how likely a wrong answer is, question by question: its own answers, those of iteration k - 1 - i weighing decay^i, shrunk toward the share of
 * its stratum by `prior` answers; the stratum's share is shrunk toward that of all by twenty questions; that one by one right and one wrong question. So
 * a question without history is as difficult as those like it. It is the posterior mean of a hierarchical beta-binomial model with fixed weights (in
 * the spirit of Efron and Morris, "Stein's estimation rule and its competitors", 1973); the decay forgets, since prompt model and reward change.
 *
 * In the shares of strata every question that was seen counts once, however often it was drawn: difficult ones are drawn more often, and would otherwise
 * make the unseen look difficult too.
 *
 * Only sums, products and quotients in a fixed order, which every platform rounds alike.
 *
 * @param strata ids of the questions of each stratum; every question once
 * @param history in any order
 * @param iteration the one that is drawn now
 */
export function difficulties(
  strata: Iterable<readonly string[]>,
  history: readonly PastDraw[],
  iteration: number,
  { prior, decay }: { prior: number; decay: number },
): Map<string, Difficulty> {
  const own = ownAnswers(history, iteration, decay);
  const groups = [...strata].map((ids) => {
    const shares = ids.flatMap((id) => {
      const { wrong, answers } = own.get(id) ?? { wrong: 0, answers: 0 };
      return answers > 0 ? [wrong / answers] : [];
    });
    return { ids, wrong: shares.reduce((sum, share) => sum + share, 0), seen: shares.length };
  });
  const wrong = groups.reduce((sum, group) => sum + group.wrong, 0);
  const seen = groups.reduce((sum, group) => sum + group.seen, 0);
  const overall = shrunk(wrong, seen, 0.5, 2);
  const known = new Map<string, Difficulty>();
  for (const group of groups) {
    const share = shrunk(group.wrong, group.seen, overall, stratumPrior);
    for (const id of group.ids) {
      const answers = own.get(id);
      known.set(id, {
        wrong: shrunk(answers?.wrong ?? 0, answers?.answers ?? 0, share, prior),
        lastDrawn: answers?.lastDrawn ?? 0,
      });
    }
  }
  return known;
}

interface OwnAnswers {
  /** Decayed numbers of answers. */
  wrong: number;
  answers: number;
  lastDrawn: number;
}

function ownAnswers(history: readonly PastDraw[], iteration: number, decay: number): Map<string, OwnAnswers> {
  const own = new Map<string, OwnAnswers>();
  for (const past of history.toSorted((a, b) => a.iteration - b.iteration)) {
    const answers = own.get(past.exampleId) ?? { wrong: 0, answers: 0, lastDrawn: 0 };
    own.set(past.exampleId, answers);
    answers.lastDrawn = past.iteration;
    if (past.correct === undefined) continue;
    let weight = 1;
    for (let age = iteration - 1 - past.iteration; age > 0; age--) weight *= decay;
    answers.answers += weight;
    if (!past.correct) answers.wrong += weight;
  }
  return own;
}

/** A share of wrong ones, as if `weight` more had been seen of which the share is `toward`. */
function shrunk(wrong: number, seen: number, toward: number, weight: number): number {
  return (wrong + weight * toward) / (seen + weight);
}
