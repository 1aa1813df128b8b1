import type { Verdict } from '../grading/kinds.js';
import type { LabelVerdict } from './read-verdict.js';

/** Which of two answers is better: the one under test, or the one it is compared with. */
export const winners = ['candidate', 'reference', 'tie'] as const;
export type Winner = (typeof winners)[number];

/** What one comparison of a candidate with a reference came to. */
export interface Judgement {
  winner: Winner;
  /** Both orders were readable and did not agree: the place of an answer decided, or the judge is unsure. */
  inconsistent: boolean;
  /** Orders whose verdict could not be read, 0 to 2. */
  unreadable: number;
}

/** What a label stood for when it was shown. */
export function winnerOf(verdict: LabelVerdict, candidateFirst: boolean): Winner {
  if (verdict === 'tie') return 'tie';
  return (verdict === 'A') === candidateFirst ? 'candidate' : 'reference';
}

/**
 * One result of the two orders: an answer wins when it wins in both, everything else is a tie (Zheng et al. 2023, "Judging LLM-as-a-Judge with
 * MT-Bench and Chatbot Arena", section 3.4: the conservative way to handle position bias).
 *
 * @param orders what each order said; undefined: its verdict could not be read
 */
export function combineOrders(orders: readonly [Winner | undefined, Winner | undefined]): Judgement {
  const [first, second] = orders;
  const unreadable = orders.filter((order) => order === undefined).length;
  const agreed = first !== undefined && first === second;
  return { winner: agreed ? first : 'tie', inconsistent: unreadable === 0 && !agreed, unreadable };
}

/**
 * What needs no judge: equal texts tie, and an empty text loses. White space around a text does not matter. Undefined: a judge has to decide.
 */
export function judgementWithoutJudge(candidate: string, reference: string): Judgement | undefined {
  const [mine, other] = [candidate.trim(), reference.trim()];
  const decided = (winner: Winner): Judgement => ({ winner, inconsistent: false, unreadable: 0 });
  if (mine === other) return decided('tie');
  if (mine === '') return decided('reference');
  return other === '' ? decided('candidate') : undefined;
}

/** The names of a judged verdict's further verdicts. */
export type JudgedVerdicts = Record<'tie' | 'inconsistent' | 'unreadable', boolean>;

/**
 * A comparison as a grader's verdict: correct means that the candidate beat the reference.
 * @param ties what a tie counts as
 */
export function judgedVerdict(
  { winner, inconsistent, unreadable }: Judgement,
  candidate: string,
  ties: 'loss' | 'win',
): Verdict & { verdicts: JudgedVerdicts } {
  const tie = winner === 'tie';
  const empty = candidate.trim() === '';
  return {
    correct: winner === 'candidate' || (tie && ties === 'win'),
    extracted: candidate.trim(),
    method: empty ? 'none' : 'whole',
    reason: empty ? 'the response is empty' : reasons[winner](inconsistent, unreadable > 0),
    verdicts: { tie, inconsistent, unreadable: unreadable > 0 },
  };
}

const reasons: Record<Winner, (inconsistent: boolean, unreadable: boolean) => string> = {
  candidate: () => 'better than the reference answer in both orders',
  reference: () => 'worse than the reference answer in both orders',
  tie: (inconsistent, unreadable) => {
    if (inconsistent) return 'tie: the judge changed its mind with the order';
    return unreadable ? 'tie: a verdict of the judge could not be read' : 'tie with the reference answer';
  },
};

/** How a verdict came out, when a judge made it; undefined for every other grader. */
export function judgedOutcome(verdict: Pick<Verdict, 'correct' | 'verdicts'>): Winner | undefined {
  const tie = verdict.verdicts?.['tie'];
  if (tie === undefined) return undefined;
  if (tie) return 'tie';
  return verdict.correct ? 'candidate' : 'reference';
}
