import * as fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { answers, otherAnswers, rewrittenAnswer, write } from './grammar/answers.js';
import { changed } from './grammar/change.js';
import { Dice } from './grammar/dice.js';
import { algebraic, constants, surds, transcendental } from './grammar/expressions.js';
import { render } from './grammar/render.js';
import { rewritten } from './grammar/rewrite.js';
import { spelt } from './grammar/spelling.js';
import type { Tree } from './grammar/tree.js';
import { grade } from './support/grade.js';

const seed = Number(process.env['TRPROMPT_TEST_GRADING_SEED'] ?? 20_240_611);
const factor = Number(process.env['TRPROMPT_TEST_GRADING_FACTOR'] ?? 1);
const counts = { same: 0, different: 0 };

interface Pair {
  a: string;
  b: string;
  /** What was changed so that the two are different; absent: they are equal. */
  change?: string;
}

/** Pairs that the grader gets wrong in one of the two orders, the shortest first. */
function failures<T>(
  arbitrary: fc.Arbitrary<T>,
  numRuns: number,
  pairsOf: (value: T, dice: Dice) => Pair[],
): string[] {
  const samples = fc.sample(fc.tuple(arbitrary, fc.nat()), { seed, numRuns: numRuns * factor });
  return samples
    .flatMap(([value, dice]) => pairsOf(value, new Dice(dice)))
    .filter(({ a, b, change }) => {
      counts[change === undefined ? 'same' : 'different'] += 1;
      const equal = change === undefined;
      return [
        [a, b],
        [b, a],
      ].some(([left = '', right = '']) => grade('math', 'answer', left, right).correct !== equal);
    })
    .map(({ a, b, change }) => `${change === undefined ? 'equal' : `different (${change})`}: ${a} | ${b}`)
    .sort((a, b) => a.length - b.length);
}

afterAll(() => {
  console.info(`pairs of equal value: ${counts.same}; of different value: ${counts.different}; seed ${seed}`);
});

const kinds: [string, fc.Arbitrary<Tree>, number][] = [
  ['fractions, decimals and radicals', surds, 600],
  ['constants with π and e', constants, 400],
  ['expressions in several variables', algebraic, 400],
  ['expressions with sine, cosine and logarithm', transcendental, 200],
];

describe.each(kinds)('two notations of %s', (_name, trees, numRuns) => {
  it('of one expression are equal', () => {
    const wrong = failures(trees, numRuns, (tree, dice) => [
      { a: render(tree, dice), b: render(tree, dice) },
    ]);
    expect(wrong).toEqual([]);
  });

  it('are equal in another spelling', () => {
    const wrong = failures(trees, numRuns, (tree, dice) => {
      const a = render(tree, dice);
      return [{ a, b: spelt(a, dice) }];
    });
    expect(wrong).toEqual([]);
  });

  it('are equal after rewriting that keeps the value', () => {
    const wrong = failures(trees, numRuns, (tree, dice) => {
      const other = rewritten(dice.one(2) ? rewritten(tree, dice) : tree, dice);
      return [{ a: render(tree, dice), b: render(other, dice) }];
    });
    expect(wrong).toEqual([]);
  });

  it('are different after a change of the value', () => {
    const wrong = failures(trees, numRuns, (tree, dice) => {
      const other = changed(tree, dice);
      return other === undefined ? [] : [{ a: render(tree, dice), b: render(other, dice), change: 'value' }];
    });
    expect(wrong).toEqual([]);
  });
});

describe('answers of several parts', () => {
  it('are equal in other notations', () => {
    const wrong = failures(answers, 1000, (answer, dice) => {
      const other = dice.one(2) ? rewrittenAnswer(answer, dice) : answer;
      return [{ a: write(answer, dice), b: spelt(write(other, dice), dice) }];
    });
    expect(wrong).toEqual([]);
  });

  it('are different after a change', () => {
    const wrong = failures(answers, 500, (answer, dice) =>
      otherAnswers(answer, dice).map(({ change, answer: other }) => ({
        a: write(answer, dice),
        b: write(other, dice),
        change: `${answer.shape}: ${change}`,
      })),
    );
    expect(wrong).toEqual([]);
  });
});
