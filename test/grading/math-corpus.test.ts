import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { Dice } from './grammar/dice.js';
import { grade } from './support/grade.js';
import { mutated, mutationNames } from './support/mutation.js';
import { nearPairs, randomPairs } from './support/neighbours.js';
import { renotated, renotationNames } from './support/renotation.js';
import { haveData, mathProblems, sayWhatIsSkipped } from './support/shared-data.js';
import { arguablyEqual, trulyEqual } from './support/truly-equal.js';

sayWhatIsSkipped("the checks with MATH's 5,000 test problems");

const problems = haveData ? mathProblems('test') : [];
const distinct = [...new Set(problems.map(({ answer }) => answer))].sort();
const isEqual = (a: string, b: string): boolean => grade('math', 'answer', a, b).correct;

/** Its boxes are part of the problem, and the answer, 6, stands in none; the data set has 12. */
const boxesInStatement = 'test/prealgebra/177';

describe.skipIf(!haveData)('the 5,000 test answers of MATH', () => {
  it('are all there', () => {
    expect(problems.length).toBe(5000);
  });

  it('equal themselves', () => {
    expect(distinct.filter((answer) => !isEqual(answer, answer))).toEqual([]);
  });

  it.each(renotationNames)('are right in another notation: %s', (name) => {
    const pairs = distinct
      .map((answer) => ({ answer, other: renotated(answer, name) }))
      .filter(({ other }) => other !== undefined);
    console.info(`${name}: ${pairs.length} answers`);
    const wrong = pairs.filter(
      ({ answer, other = '' }) => !isEqual(other, answer) || !isEqual(answer, other),
    );
    expect(wrong).toEqual([]);
  });

  it.each(mutationNames)('are wrong after a change: %s', (name) => {
    const pairs = distinct
      .map((answer) => ({ answer, other: mutated(answer, name) }))
      .filter(({ other }) => other !== undefined);
    console.info(`${name}: ${pairs.length} answers`);
    const wrong = pairs.filter(({ answer, other = '' }) => isEqual(other, answer) || isEqual(answer, other));
    expect(wrong).toEqual([]);
  });

  it("are wrong as another problem's answer, unless their values are equal", () => {
    const pairs = [...nearPairs(distinct, 3), ...randomPairs(distinct, 6000, new Dice(5))].filter(
      ([a, b]) => !arguablyEqual.has(fingerprint(a, b)),
    );
    const wrong = pairs.filter(([a, b]) => isEqual(a, b) !== isTrulyEqual(a, b));
    const asymmetric = pairs.filter(([a, b]) => isEqual(a, b) !== isEqual(b, a));
    console.info(`${pairs.length} pairs of different answers; by value, ${count(pairs)} of them are equal`);
    expect(wrong).toEqual([]);
    expect(asymmetric).toEqual([]);
  });

  it('are found in the published solutions', () => {
    const wrong = problems
      .filter(({ id }) => id !== boxesInStatement)
      .filter(({ solution, answer }) => !grade('math', 'response', solution, answer).correct);
    expect(wrong.map(({ id, answer }) => `${id}: ${answer}`)).toEqual([]);
  });

  it("make another problem's solution wrong", () => {
    const dice = new Dice(9);
    const wrong = problems
      .map((problem) => ({ ...problem, other: dice.of(distinct) }))
      .filter(({ answer, other }) => answer !== other && !isTrulyEqual(answer, other))
      .filter(({ answer, other }) => !arguablyEqual.has(fingerprint(answer, other)))
      .filter(({ solution, other }) => grade('math', 'response', solution, other).correct);
    expect(wrong.map(({ id, answer, other }) => `${id}: ${answer} | ${other}`)).toEqual([]);
  });
});

const isTrulyEqual = (a: string, b: string): boolean => trulyEqual.has(fingerprint(a, b));

const count = (pairs: [string, string][]): number => pairs.filter(([a, b]) => isTrulyEqual(a, b)).length;

/** Of a pair in either order; the data set's records are not part of this repository. */
function fingerprint(a: string, b: string): string {
  const pair = [a, b].sort().join('\u0000');
  return createHash('sha256').update(pair).digest('hex').slice(0, 12);
}
