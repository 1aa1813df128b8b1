import type { RunConfig } from '../../config/schema.js';
import type { Random } from '../../seeds/index.js';
import type { Example } from '../example.js';
import { difficulties, type PastDraw } from './difficulty.js';
import { apportion, strataOf } from './strata.js';
import { systematicDraws, tiltedDraws } from './tilt.js';

/** What a draw is made from. */
export interface DrawRequest {
  /** Questions, at least 0. */
  count: number;
  sampling: RunConfig['rollout']['sampling'];
  /** 1-based. */
  iteration: number;
  /** Draws of earlier iterations, in any order; only `rebalance` looks at it. */
  history: readonly PastDraw[];
  random: Random;
}

/** One question of a rollout. */
export interface DrawnQuestion<E> {
  /** The example's id; later draws of the same one end in "#2", "#3", ... */
  itemId: string;
  example: E;
}

/** The questions of a rollout and what is known of them. */
export interface Draw<E> {
  questions: DrawnQuestion<E>[];
  /** Draws by stratum; empty unless `stratified`. */
  strata: Record<string, number>;
  /** Different questions that the history does not have; 0 unless `rebalance`. */
  unseen: number;
  /** Expected share of wrong answers, 0 to 1; 0 unless `rebalance` has a history. */
  wrongExpected: number;
}

/**
 * Draws the questions of a rollout. While there are enough, none is drawn twice (unless `sampling.repeats` allows it); when more are asked for, `uniform`
 * and `stratified` draw every question before any again. The same request with the same random numbers gives the same draw.
 *
 * @throws RangeError for a count above 0 from no examples
 */
export function drawQuestions<E extends Example>(examples: readonly E[], request: DrawRequest): Draw<E> {
  const { count, sampling } = request;
  if (!Number.isInteger(count) || count < 0)
    throw new RangeError(`count is ${count}: it must be an integer of at least 0`);
  if (count > 0 && examples.length === 0)
    throw new RangeError('there are no training questions to draw from');
  switch (sampling.strategy) {
    case 'uniform':
      return drawUniformly(examples, request);
    case 'stratified':
      return drawByStrata(examples, request);
    case 'rebalance':
      return drawRebalanced(examples, request);
  }
}

function drawUniformly<E extends Example>(examples: readonly E[], { count, random }: DrawRequest): Draw<E> {
  const drawn: E[] = [];
  while (drawn.length < count) drawn.push(...random.shuffle(examples).slice(0, count - drawn.length));
  return { questions: numbered(drawn), strata: {}, unseen: 0, wrongExpected: 0 };
}

function drawByStrata<E extends Example>(
  examples: readonly E[],
  { count, sampling, random }: DrawRequest,
): Draw<E> {
  const strata = strataOf(examples, sampling.strata);
  const drawn: E[] = [];
  const perStratum: Record<string, number> = {};
  while (drawn.length < count) {
    // In random order, so that over the iterations equal remainders favour nobody.
    const pass = random.shuffle([...strata]);
    const seats = apportion(
      pass.map(([, members]) => members.length),
      Math.min(examples.length, count - drawn.length),
    );
    const chosen: E[] = [];
    for (const [i, [name, members]] of pass.entries()) {
      chosen.push(...random.sample(members, seats[i] ?? 0));
      perStratum[name] = (perStratum[name] ?? 0) + (seats[i] ?? 0);
    }
    drawn.push(...random.shuffle(chosen));
  }
  return { questions: numbered(drawn), strata: perStratum, unseen: 0, wrongExpected: 0 };
}

/**
 * Toward questions that the target model still gets wrong, for sets so easy that nearly all feedback is positive. A part of the draws goes to the
 * questions drawn longest ago, so that with n draws of N questions each is drawn in any N / (floor * n) iterations (the staleness of Jiang et al.,
 * "Prioritized level replay", 2021); the others are tilted by estimated difficulty until the share of wrong answers that they expect is the one asked for.
 */
function drawRebalanced<E extends Example>(examples: readonly E[], request: DrawRequest): Draw<E> {
  const { count, sampling, iteration, history, random } = request;
  if (count === 0) return { questions: [], strata: {}, unseen: 0, wrongExpected: 0 };
  const strata = strataOf(examples, sampling.strata);
  const ids = [...strata.values()].map((members) => members.map(({ id }) => id));
  const known = difficulties(ids, history, iteration, sampling);
  const most = Math.max(sampling.repeats, Math.ceil(count / examples.length));
  const pool = random.shuffle(examples).map((example) => {
    const { wrong, lastDrawn } = known.get(example.id) ?? { wrong: 0.5, lastDrawn: 0 };
    return { example, wrong, lastDrawn, most };
  });
  const rested = pool
    .toSorted((a, b) => a.lastDrawn - b.lastDrawn)
    .slice(0, Math.min(count, Math.ceil(sampling.floor * count)));
  for (const question of rested) question.most -= 1;
  const wanted = sampling.wrongShare * count - sum(rested.map(({ wrong }) => wrong));
  const others = count - rested.length;
  const expected = tiltedDraws(pool, others, wanted);
  const tilted = systematicDraws(expected, others, random).map((i) => pool[i] as (typeof pool)[number]);
  const drawn = [...rested, ...tilted];
  return {
    questions: numbered(random.shuffle(drawn.map(({ example }) => example))),
    strata: {},
    unseen: new Set(drawn.filter(({ lastDrawn }) => lastDrawn === 0)).size,
    wrongExpected: history.length === 0 ? 0 : sum(drawn.map(({ wrong }) => wrong)) / count,
  };
}

function numbered<E extends Example>(drawn: readonly E[]): DrawnQuestion<E>[] {
  const times = new Map<string, number>();
  return drawn.map((example) => {
    const time = (times.get(example.id) ?? 0) + 1;
    times.set(example.id, time);
    return { itemId: time === 1 ? example.id : `${example.id}#${time}`, example };
  });
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, each) => total + each, 0);
}
