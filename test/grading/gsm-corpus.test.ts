import { describe, expect, it } from 'vitest';
import { grade } from './support/grade.js';
import { gsm8kProblems, gsmHardProblems, haveData, sayWhatIsSkipped } from './support/shared-data.js';

sayWhatIsSkipped('the checks with GSM8K and GSMHard');

interface Verdict {
  text: string;
  gold: string;
  correct: boolean;
}

function misjudged(kind: 'gsm8k' | 'gsmhard', form: 'answer' | 'response', verdicts: Verdict[]): string[] {
  console.info(`${kind}, ${form}: ${verdicts.length} verdicts`);
  return verdicts
    .filter(({ text, gold, correct }) => grade(kind, form, text, gold).correct !== correct)
    .map(({ text, gold, correct }) => `${correct ? 'right' : 'wrong'}: ${text.slice(-80)} | ${gold}`);
}

const of = (gold: string, correct: boolean, texts: string[]): Verdict[] =>
  texts.map((text) => ({ text, gold, correct }));

const grouped = (value: number): string => value.toLocaleString('en-US', { maximumFractionDigits: 20 });

describe.skipIf(!haveData)('GSM8K', () => {
  const problems = haveData ? gsm8kProblems() : [];
  const golds = problems.map(({ answer }) => answer.split('####')[1]?.trim() ?? '');
  const value = (gold: string): number => Number(gold.replaceAll(',', ''));

  it('has every worked solution right', () => {
    const verdicts = problems.map(({ answer }, index) => ({
      text: answer,
      gold: golds[index] ?? '',
      correct: true,
    }));
    expect(misjudged('gsm8k', 'response', verdicts)).toEqual([]);
    const whole = problems.map(({ answer }) => ({ text: answer, gold: answer, correct: true }));
    expect(misjudged('gsm8k', 'response', whole)).toEqual([]);
  });

  it('has every gold answer right in other notations, and other values wrong', () => {
    const verdicts = golds.flatMap((gold) => {
      const it = value(gold);
      return [
        ...of(gold, true, [
          gold,
          `${it}`,
          `${it}.0`,
          `$${grouped(it)}`,
          `${it} apples`,
          `\\boxed{${it}}`,
          `**${it}**`,
        ]),
        ...of(gold, false, [
          `${it + 1}`,
          `${it - 1}`,
          `${it}.5`,
          `${it * 10 + 1}`,
          `${-it - 1}`,
          '',
          `1/${it + 7}`,
        ]),
        ...(it === 0 ? [] : of(gold, false, [`${-it}`, `${it * 10}`, `${it / 10}`, '0'])),
      ];
    });
    expect(misjudged('gsm8k', 'answer', verdicts)).toEqual([]);
  });

  it('has a solution with a changed final answer wrong', () => {
    const verdicts = problems.flatMap(({ answer }, index) => {
      const gold = golds[index] ?? '';
      const working = answer.split('####')[0] ?? '';
      return [
        ...of(gold, false, [
          `${working}#### ${value(gold) + 1}`,
          `${working}The answer is ${value(gold) + 3}.`,
        ]),
        ...of(gold, true, [
          `${working}The answer is ${grouped(value(gold))}.`,
          `${working}\\boxed{${value(gold)}}`,
        ]),
      ];
    });
    expect(misjudged('gsm8k', 'response', verdicts)).toEqual([]);
  });
});

describe.skipIf(!haveData)('GSMHard', () => {
  const problems = haveData ? gsmHardProblems() : [];

  it('has every gold answer right as given, exactly and rounded to two decimals or more, and other values wrong', () => {
    const verdicts = problems.flatMap(({ target }) => {
      const gold = String(target);
      const far = Math.abs(target) >= 0.01;
      return [
        ...of(gold, true, [
          gold,
          ...(Number.isInteger(target) ? [`${target}.0`, `$${grouped(target)}`] : []),
        ]),
        ...(far ? of(gold, true, [target.toFixed(2), target.toFixed(3), target.toFixed(6)]) : []),
        ...of(gold, false, [`${target + 1}`, `${target * 10 + 1}`, `${target + 0.02}`, '']),
        ...(target === 0 ? [] : of(gold, false, [`${-target}`, '0', '0.00'])),
      ];
    });
    expect(misjudged('gsmhard', 'answer', verdicts)).toEqual([]);
  });

  it('has the same in responses', () => {
    const verdicts = problems.flatMap(({ target }) => {
      const gold = String(target);
      return [
        ...of(gold, true, [
          `We compute it.\nThe answer is ${gold}.`,
          `\\boxed{${gold}}`,
          `7 steps.\n#### ${gold}`,
        ]),
        ...of(gold, false, [`The answer is ${target + 1}.`, `\\boxed{${target + 1}}`, 'The answer is']),
      ];
    });
    expect(misjudged('gsmhard', 'response', verdicts)).toEqual([]);
  });
});
