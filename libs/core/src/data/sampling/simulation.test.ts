import { describe, expect, it } from 'vitest';
import {
  createRandom,
  deriveSeed,
  drawQuestions,
  parseRunConfig,
  type Example,
  type PastDraw,
} from '../../index.js';

const iterations = 40;
const perIteration = 200;
const target = 0.4;
const floor = 0.2;
const examples: Example[] = Array.from({ length: 1000 }, (_, i) => ({
  id: `q${i}`,
  question: `${i}?`,
  answer: '1',
}));

/** An easy set: 85 % are right, since most questions nearly always are and few nearly never. In its last third the model gets better. */
function chanceOfWrong(id: string, iteration: number): number {
  const difficult = Number(id.slice(1)) % 100 < 14;
  const better = iteration > 25 ? 0.8 : 1;
  return (difficult ? 0.92 : 0.025) * better;
}

/** The shares of wrong answers by iteration, and the draws. */
function simulate(strategy: 'uniform' | 'rebalance', seed: number) {
  const parsed = parseRunConfig({
    name: 'x',
    rollout: { sampling: { strategy, wrongShare: target, floor } },
  });
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  const { sampling } = parsed.config.rollout;
  const history: PastDraw[] = [];
  const shares: number[] = [];
  const expected: number[] = [];
  for (let iteration = 1; iteration <= iterations; iteration++) {
    const random = createRandom(deriveSeed(seed, iteration));
    const draw = drawQuestions(examples, { count: perIteration, sampling, iteration, history, random });
    const answers = draw.questions.map(({ example: { id } }) => ({
      iteration,
      exampleId: id,
      correct: random.next() >= chanceOfWrong(id, iteration),
    }));
    history.push(...answers);
    shares.push(answers.filter(({ correct }) => !correct).length / perIteration);
    expected.push(draw.wrongExpected);
  }
  return { shares, expected, history };
}

const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;

describe('rebalance on an easy set (85 % right), 200 of 1,000 questions an iteration, 40 % wrong asked for', () => {
  const uniform = simulate('uniform', 1);
  const rebalanced = simulate('rebalance', 1);

  it('begins like uniform sampling, whose share of wrong answers stays at about 15 %', () => {
    expect(mean(uniform.shares)).toBeGreaterThan(0.12);
    expect(mean(uniform.shares)).toBeLessThan(0.18);
    expect(rebalanced.shares[0]).toBeLessThan(0.22);
  });

  it('raises the share to about the target within a few iterations and holds it there, while the model gets better too', () => {
    expect(rebalanced.shares[1]).toBeGreaterThan(0.2);
    expect(mean(rebalanced.shares.slice(4))).toBeGreaterThan(target - 0.03);
    expect(mean(rebalanced.shares.slice(4))).toBeLessThan(target + 0.03);
    for (const share of rebalanced.shares.slice(5)) expect(Math.abs(share - target)).toBeLessThan(0.13);
  });

  it('expects what it reaches', () => {
    for (let i = 5; i < iterations; i++)
      expect(Math.abs((rebalanced.expected[i] ?? 0) - (rebalanced.shares[i] ?? 0))).toBeLessThan(0.15);
    expect(Math.abs(mean(rebalanced.expected.slice(5)) - mean(rebalanced.shares.slice(5)))).toBeLessThan(
      0.03,
    );
  });

  it('starves no question: each is drawn in any 25 iterations, as the floor promises', () => {
    const promised = Math.ceil(examples.length / (floor * perIteration));
    const drawnIn = Map.groupBy(rebalanced.history, ({ exampleId }) => exampleId);
    expect(drawnIn.size).toBe(examples.length);
    for (const draws of drawnIn.values()) {
      const at = [0, ...draws.map(({ iteration }) => iteration), iterations + 1];
      const gaps = at.slice(1).map((iteration, i) => iteration - (at[i] ?? 0));
      expect(Math.max(...gaps)).toBeLessThanOrEqual(promised);
    }
  });

  it('is the same when it is done again from what was stored, and another with another seed', () => {
    expect(simulate('rebalance', 1).history).toEqual(rebalanced.history);
    expect(simulate('rebalance', 2).history).not.toEqual(rebalanced.history);
  });
});
