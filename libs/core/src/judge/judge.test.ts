import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  buildJudgeMessages,
  combineOrders,
  goldProblem,
  gradingSettings,
  judgedOutcome,
  judgedVerdict,
  judgementWithoutJudge,
  parseTemplate,
  readVerdict,
  winnerOf,
  type JudgeTemplate,
} from '../index.js';

describe('the verdict in a judge’s text', () => {
  it.each([
    ['[[A]]', 'A'],
    ['Answer A is vivid, B is dull.\n[[B]]', 'B'],
    ['[[ tie ]]', 'tie'],
    ['Both fine. [[C]]', 'tie'],
    ['At first [[A]].\nOn reflection the second is finer.\n[[B]]\n\nThank you!', 'B'],
    ['A', 'A'],
    ['b.', 'B'],
    ['**B**', 'B'],
    ['"A"', 'A'],
    ['Tie', 'tie'],
    ['Answer A is better', 'A'],
    ['I think **Answer B** is clearly better than Answer A, as it has a voice.', 'B'],
    ['Response B is much weaker.', 'A'],
    ['A wins.', 'A'],
    ['My verdict: B', 'B'],
    ['**Verdict:** A', 'A'],
    ['The winner is answer B!', 'B'],
    ['The better answer is A.', 'A'],
    ['I prefer B.', 'B'],
    ["It's a tie.", 'tie'],
    ['Verdict: a tie', 'tie'],
    ['Neither answer is better.', 'tie'],
    ['Both answers are equally good.', 'tie'],
    ['A is better in rhythm.\nB is better as a whole.', 'B'],
  ])('reads %j as %s', (text, verdict) => {
    expect(readVerdict(text)).toBe(verdict);
  });

  it.each([
    '',
    'I cannot decide.',
    'A story about a fox.',
    'A better ending would help.',
    'I would prefer a longer poem.',
    'Reply with [[A]], [[B]] or [[tie]].',
    'A is better than B, but B is the best.',
    'I do not think that A is better.',
    'Answer A is not better.',
    'Which one is better: A or B?',
    'A is a better answer: B lacks depth' /* no sentence that is understood, and no wrong verdict */,
  ])('finds none in %j', (text) => {
    expect(readVerdict(text)).toBeUndefined();
  });

  it('property: the asked form at the end decides, whatever was said before', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'grapheme', maxLength: 400 }),
        fc.constantFrom('A', 'B', 'tie'),
        (before, verdict) => {
          expect(readVerdict(`${before}\n[[${verdict}]]`)).toBe(verdict);
        },
      ),
      { seed: 5 },
    );
  });

  it('property: swapping the labels swaps the verdict', () => {
    const swap = (text: string) => text.replaceAll(/\b[AB]\b/g, (label) => (label === 'A' ? 'B' : 'A'));
    const swapped = { A: 'B', B: 'A', tie: 'tie' } as const;
    const sentence = fc.constantFrom(
      'Answer A is better.',
      'B is worse.',
      'Verdict: A',
      'I prefer B.',
      'It is a tie.',
      'A is not better.',
      'Nothing to say about it.',
      '[[B]]',
    );
    fc.assert(
      fc.property(fc.array(sentence, { maxLength: 4 }), fc.constantFrom('\n', ' '), (parts, glue) => {
        const text = parts.join(glue);
        const verdict = readVerdict(text);
        expect(readVerdict(swap(text))).toBe(verdict && swapped[verdict]);
      }),
      { seed: 6 },
    );
  });

  it('takes any text, at once', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(['A', 'B', 'tie', undefined]).toContain(readVerdict(text));
      }),
      { seed: 7 },
    );
    const begin = performance.now();
    for (const hostile of ['[[', 'A is ', '"\'(*_[', 'verdict is a ', 'a\n', ' '])
      readVerdict(hostile.repeat(2_000_000 / hostile.length));
    expect(performance.now() - begin).toBeLessThan(5_000);
  });
});

describe('a comparison in both orders', () => {
  it('is won only in both orders', () => {
    expect(combineOrders(['candidate', 'candidate'])).toEqual({
      winner: 'candidate',
      inconsistent: false,
      unreadable: 0,
    });
    expect(combineOrders(['candidate', 'reference'])).toMatchObject({ winner: 'tie', inconsistent: true });
    expect(combineOrders(['candidate', 'tie'])).toMatchObject({ winner: 'tie', inconsistent: true });
    expect(combineOrders(['tie', 'tie'])).toMatchObject({ winner: 'tie', inconsistent: false });
    expect(combineOrders(['candidate', undefined])).toEqual({
      winner: 'tie',
      inconsistent: false,
      unreadable: 1,
    });
  });

  it('property: a judge that always says the same label only makes inconsistent ties', () => {
    fc.assert(
      fc.property(fc.constantFrom('A' as const, 'B' as const), (label) => {
        expect(combineOrders([winnerOf(label, true), winnerOf(label, false)])).toEqual({
          winner: 'tie',
          inconsistent: true,
          unreadable: 0,
        });
      }),
    );
  });

  it('needs no judge for equal and empty texts', () => {
    expect(judgementWithoutJudge(' same\n', 'same')).toMatchObject({ winner: 'tie' });
    expect(judgementWithoutJudge('', 'text')).toMatchObject({ winner: 'reference' });
    expect(judgementWithoutJudge('text', ' ')).toMatchObject({ winner: 'candidate' });
    expect(judgementWithoutJudge('one', 'two')).toBeUndefined();
  });

  it('becomes a verdict in which a tie is a loss or a win, as the policy says, and is told as a tie', () => {
    const tie = combineOrders(['candidate', 'reference']);
    expect(judgedVerdict(tie, ' text ', 'loss')).toMatchObject({
      correct: false,
      extracted: 'text',
      method: 'whole',
      verdicts: { tie: true, inconsistent: true, unreadable: false },
    });
    expect(judgedVerdict(tie, 'text', 'win').correct).toBe(true);
    const won = judgedVerdict(combineOrders(['candidate', 'candidate']), 'text', 'loss');
    expect([won, judgedVerdict(tie, 'text', 'win')].map(judgedOutcome)).toEqual(['candidate', 'tie']);
    expect(judgedOutcome({ correct: true })).toBeUndefined();
  });
});

describe('what a judge is asked', () => {
  const template = parseTemplate(
    {
      id: 'judge/v1',
      kind: 'judge',
      description: 'test',
      system: 'S',
      criteria: 'DEFAULT',
      user: '{{question}}|{{criteria}}|<{{boundary}}>{{a}}<{{boundary}}>|{{b}}',
      strict: 'STRICT',
    },
    'test',
  ) as JudgeTemplate;
  const values = { question: 'Q', a: 'one', b: 'two', criteria: '' };
  const contentOf = (...args: Parameters<typeof buildJudgeMessages>) =>
    buildJudgeMessages(...args).at(-1)?.content ?? '';

  it('holds question, criteria and both answers, and nothing that tells them apart', () => {
    const content = contentOf(template, values);
    expect(content).toMatch(/^Q\|DEFAULT\|<([0-9a-f]{12})>one<\1>\|two$/);
    expect(contentOf(template, { ...values, criteria: 'wit' })).toContain('|wit|');
    expect(contentOf(template, values, { strict: true })).toBe(`${content}\n\nSTRICT`);
    const swapped = contentOf(template, { ...values, a: 'two', b: 'one' });
    expect(swapped).toBe(content.replace('one', '#').replace('two', 'one').replace('#', 'two'));
  });

  it('property: no answer contains its own boundary', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (a, b) => {
        const boundary = /<([0-9a-f]{12})>/.exec(contentOf(template, { ...values, a, b }))?.[1] ?? '';
        expect(`${a}${b}`.includes(boundary)).toBe(false);
      }),
      { seed: 8 },
    );
  });

  it('refuses a template that shows but one answer', () => {
    expect(() => parseTemplate({ ...template, user: '{{question}} {{a}}' }, 'mine')).toThrow(
      'must use {{b}}',
    );
  });
});

describe('the gold answers of a task with a judge', () => {
  const settings = gradingSettings({});
  const problem = (reference: 'base' | 'file', gold: string) =>
    goldProblem({ ...settings, kind: 'judge', judge: { ...settings.judge, reference } }, gold);

  it('may be missing, unless the file has to give what is compared with', () => {
    expect(problem('base', '')).toBeUndefined();
    expect(problem('base', 'A text.')).toBeUndefined();
    expect(problem('file', 'A text.')).toBeUndefined();
    expect(problem('file', ' ')).toContain('grading.judge.reference');
  });
});
