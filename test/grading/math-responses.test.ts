import { describe, expect, it } from 'vitest';
import { Dice } from './grammar/dice.js';
import { grade } from './support/grade.js';
import { mutated, mutationNames } from './support/mutation.js';
import { boxedStyles, statedStyles, withoutAnswer } from './support/response-styles.js';
import { haveData, mathProblems, sayWhatIsSkipped } from './support/shared-data.js';

sayWhatIsSkipped("the checks with MATH's answers in responses of many styles");

const answers = haveData ? [...new Set(mathProblems('test').map(({ answer }) => answer.trim()))].sort() : [];
const isRight = (response: string, gold: string): boolean =>
  grade('math', 'response', response, gold).correct;

/** An answer of another value, by one of the mutations. */
function otherThan(answer: string, dice: Dice): string {
  for (const name of dice.shuffled(mutationNames)) {
    const other = mutated(answer, name);
    if (other !== undefined && !other.includes('text')) return other;
  }
  return '7919';
}

const styles = Object.entries({ ...boxedStyles, ...statedStyles });

describe.skipIf(!haveData)("MATH's test answers in responses", () => {
  it.each(styles)('are found: %s', (_name, style) => {
    const dice = new Dice(17);
    const responses = answers
      .filter((answer) => !answer.includes('$'))
      .filter(() => dice.one(2))
      .map((gold) => ({ gold, response: style(gold, otherThan(gold, dice)) }));
    const wrong = responses.filter(({ gold, response }) => !isRight(response, gold));
    console.info(`${responses.length} responses, ${wrong.length} of them misjudged`);
    expect(wrong.map(({ gold, response }) => `${gold} | ${response.slice(-120)}`)).toEqual([]);
  });

  it.each(styles)('are told from other answers: %s', (_name, style) => {
    const dice = new Dice(18);
    const responses = answers
      .filter((answer) => !answer.includes('$'))
      .filter(() => dice.one(2))
      .map((gold) => ({ gold, response: style(otherThan(gold, dice), gold) }));
    const wrong = responses.filter(({ gold, response }) => isRight(response, gold));
    expect(wrong.map(({ gold, response }) => `${gold} | ${response.slice(-120)}`)).toEqual([]);
  });

  it('are not found where there is no answer', () => {
    const found = answers.flatMap((gold) => withoutAnswer.filter((response) => isRight(response, gold)));
    expect(found).toEqual([]);
  });
});
