import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { goldProblem } from './gold/problem.js';
import { gradingSettings } from '../config/grading.js';
import type { PureGraderKind } from './kinds.js';
import { gradeAnswer, gradeResponse } from './testing/grade-response.js';
import { jsonLines, sharedData } from './testing/shared-data.js';

const data = sharedData();
if (data === undefined)
  console.warn(
    'SKIPPED: grading of GSM8K, GSMHard and MATH, for there is no folder shared/data beside the checkout',
  );
const records = <T>(schema: z.ZodType<T>, ...files: string[]): T[] =>
  files.flatMap((file) => jsonLines(join(data ?? '', file)).map((line) => schema.parse(JSON.parse(line))));

/** The first of what a grader gets wrong, for a message that says enough. */
function failures(
  kind: PureGraderKind,
  cases: Iterable<{ text: string; gold: string; right: boolean; form?: 'answer' }>,
): { graded: number; wrong: string[] } {
  const wrong: string[] = [];
  let graded = 0;
  for (const { text, gold, right, form } of cases) {
    graded++;
    const verdict = form === 'answer' ? gradeAnswer(kind, text, gold) : gradeResponse(kind, text, gold);
    if (verdict.correct !== right)
      wrong.push(JSON.stringify({ text: text.slice(-200), gold, right, verdict }));
  }
  return { graded, wrong: wrong.slice(0, 10) };
}

/** The digits of a number's text in another notation. */
function grouped(digits: string): string {
  const [whole = '', decimals] = digits.split('.');
  const groups = whole.replaceAll(/(?<=\d)(?=(?:\d{3})+$)/g, ',');
  return decimals === undefined ? groups : `${groups}.${decimals}`;
}

/** A decimal without an exponent. */
function plain(gold: string): string {
  const [mantissa = '', exponent] = gold.split('e');
  if (exponent === undefined) return mantissa.replace(/\.0$/, '');
  return Number(gold).toFixed(-Number(exponent) + (mantissa.split('.')[1] ?? '').length);
}

/** Every decimal x as text, times ten to `by`. */
function shifted(x: string, by: number): string {
  const [whole = '', decimals = ''] = x.replace('-', '').split('.');
  const digits = `${'0'.repeat(30)}${whole}${decimals}${'0'.repeat(30)}`;
  const point = 30 + whole.length + by;
  return `${x.startsWith('-') ? '-' : ''}${digits.slice(0, point).replace(/^0+(?=\d)/, '')}.${digits.slice(point)}`.replace(
    /\.?0+$/,
    '',
  );
}

const negated = (x: string): string => (x.startsWith('-') ? x.slice(1) : `-${x}`);

function* renotations(x: string): Generator<string> {
  const sign = x.startsWith('-') ? '-' : '';
  const digits = x.replace('-', '');
  yield x;
  yield `${sign}${grouped(digits)}`;
  yield `${sign}$${grouped(digits)}`;
  yield `$${sign}${digits}$`;
  yield `${x} dollars`;
  yield `${sign}${digits.includes('.') ? `${digits}0` : `${digits}.00`}`;
  yield `${sign}${grouped(digits).replaceAll(',', '{,}')}`;
  yield `${sign}${grouped(digits).replaceAll(',', ',\\!')}`;
  yield x.replace('-', '\u2212').replaceAll(/\d/g, (digit) => String.fromCharCode(0xff10 + Number(digit)));
  yield `\\text{${x} apples}`;
}

const frames: ((answer: string) => string)[] = [
  (answer) => `The answer is ${answer}.`,
  (answer) => `3 + 4 = 7.\n#### ${answer}`,
  (answer) => `So 3 + 4 = 7, and $\\boxed{${answer}}$. I hope it is correct.`,
  (answer) => `**Final Answer:** ${answer}<|eot_id|>`,
  (answer) => `Some 12 steps.\n\n**${answer}**`,
];

function* variants(gold: string, exact: string): Generator<{ text: string; gold: string; right: boolean }> {
  let at = 0;
  for (const notation of renotations(exact)) {
    const frame = frames[at++ % frames.length];
    if (frame) yield { text: frame(notation), gold, right: true };
  }
  const zero = /^-?0(?:\.0*)?$/.test(exact);
  const wrong = [
    ...(zero
      ? ['1', '-0.5']
      : [negated(exact), shifted(exact, 1), shifted(exact, -1), `${shifted(exact, -2)}%`]),
    plusOne(exact),
    ...(exact.replace(/\D/g, '').length > 1 && !exact.includes('.') ? [exact.replace(/\d(?=\D*$)/, '')] : []),
  ];
  for (const text of wrong) {
    const frame = frames[at++ % frames.length];
    if (frame) yield { text: frame(text), gold, right: false };
  }
}

function plusOne(x: string): string {
  const [whole = '', decimals] = x.split('.');
  const next = String(BigInt(whole) + (x.startsWith('-') ? -1n : 1n));
  return decimals === undefined ? next : `${whole === '-0' && next === '-1' ? '-1' : next}.${decimals}`;
}

describe.skipIf(data === undefined)('GSM8K', () => {
  const read = () => records(z.object({ answer: z.string() }), 'gsm8k/train.jsonl', 'gsm8k/test.jsonl');
  const goldOf = (answer: string) => answer.slice(answer.indexOf('####') + 4).trim();

  it('every solution is right as a response, and its gold answer can be graded', () => {
    const solutions = read();
    const settings = gradingSettings({ kind: 'gsm8k' });
    expect(solutions.filter(({ answer }) => goldProblem(settings, answer) !== undefined)).toEqual([]);
    const cases = solutions.flatMap(({ answer }) => [
      { text: answer, gold: answer, right: true },
      { text: answer, gold: goldOf(answer), right: true },
    ]);
    expect(failures('gsm8k', cases)).toEqual({ graded: 17_584, wrong: [] });
  });

  it('every gold answer in other notations is right, and every other number wrong', () => {
    const cases = read()
      .filter((_, index) => index % 4 === 0)
      .flatMap(({ answer }) => {
        const gold = goldOf(answer);
        return [...variants(gold, gold.replaceAll(',', ''))];
      });
    const { graded, wrong } = failures('gsm8k', cases);
    expect(wrong).toEqual([]);
    expect(graded).toBeGreaterThan(30_000);
  });
});

describe.skipIf(data === undefined)('GSMHard', () => {
  it('every gold answer is right, rounded too, and every other number wrong', () => {
    const golds = jsonLines(join(data ?? '', 'gsmhard/gsmhardv2.jsonl')).map(
      (line) => /"target":\s?([^,}]+)\}$/.exec(line)?.[1] ?? '',
    );
    expect(golds.filter((gold) => gold === '')).toEqual([]);
    const cases = golds.flatMap((gold) => {
      const exact = plain(gold);
      const rounded =
        /\.\d{3,}$/.test(exact) && Math.abs(Number(exact)) >= 0.01 ? [Number(exact).toFixed(2)] : [];
      return [
        ...[...variants(gold, exact)].filter(({ right }) => right || !isNearZero(gold)),
        ...rounded.map((text) => ({ text, gold, right: true, form: 'answer' as const })),
      ];
    });
    const { graded, wrong } = failures('gsmhard', cases);
    expect(wrong).toEqual([]);
    expect(graded).toBeGreaterThan(15_000);
  });

  // Ten times or a tenth of a gold answer near 0.01 may be within 0.001 of it.
  const isNearZero = (gold: string): boolean =>
    Math.abs(Number(gold)) < 0.02 && Math.abs(Number(gold)) >= 0.01;
});

describe.skipIf(data === undefined)('MATH', () => {
  it('every solution is right as a response to its published answer', () => {
    const problems = records(
      z.object({ id: z.string(), solution: z.string(), answer: z.string() }),
      'math/train.jsonl.gz',
      'math/test.jsonl',
    ).filter(({ answer }) => answer !== '');
    const wrong = problems.filter(({ solution, answer }) => !gradeResponse('math', solution, answer).correct);
    // The solution says itself that what it boxes is not its answer.
    expect(wrong.map(({ id }) => id)).toEqual(['test/prealgebra/177']);
  });
});
