import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  composeVerifierReward,
  describePrompt,
  expertPrompts,
  extractionMethods,
  idealReward,
  judgedVerdict,
  redactGold,
  rewardFacts,
  type RewardFacts,
} from '../index.js';
import { gradeResponse } from '../grading/testing/grade-response.js';

const question = 'Rosa had 75 books. Rosa gave 47 of them to Tara. How many books does Rosa have left?';

const facts: fc.Arbitrary<RewardFacts> = fc.record({
  correct: fc.boolean(),
  method: fc.constantFrom(...extractionMethods),
  cutOff: fc.boolean(),
  answerLength: fc.constantFrom('none', 'terse', 'short', 'medium', 'long'),
  prompt: fc.record({
    kind: fc.constantFrom('instruction', 'empty', 'question', 'answer', 'chat', 'copy', 'statement'),
    length: fc.constantFrom('none', 'short', 'medium', 'long'),
    leak: fc.constantFrom('none', 'gold', 'number'),
    asksForFinal: fc.boolean(),
    asksForSteps: fc.boolean(),
  }),
});

describe('a composed reward', () => {
  it('says first whether the answer was right', () => {
    expect(composeVerifierReward(factsOf('Reply with only the final number.', '28'))).toBe(
      'The answer was right: the response was nothing but the answer. The response was very short. The prompt was a short clear instruction that asked for the final answer only.',
    );
    expect(composeVerifierReward(factsOf('Rosa has 28 books.', 'She has 122', 'length'))).toBe(
      'The answer was wrong: it was only the last number in the text. The response was very short and was cut off before its end. The prompt was a short statement instead of an instruction, and it gave the answer away.',
    );
  });

  it('says what a judge found, in place of right or wrong', () => {
    const values = (winner: 'candidate' | 'reference' | 'tie') => {
      const verdict = judgedVerdict({ winner, inconsistent: false, unreadable: 0 }, 'Rain sings.', 'loss');
      return {
        question: 'Write.',
        prompt: 'Be vivid.',
        answer: 'Rain sings.',
        gold: '',
        verdict,
        finishReason: 'stop',
      };
    };
    const [won, tied, lost] = (['candidate', 'tie', 'reference'] as const).map((winner) =>
      composeVerifierReward(rewardFacts(values(winner))),
    );
    expect(won).toContain(
      'The answer was better than the one it was compared with. The response was very short.',
    );
    expect(tied).toContain('no better than');
    expect(lost).toContain('worse than');
    expect([won, tied, lost].join()).not.toMatch(/right|wrong/);
  });

  it('property: is distinct for distinct facts', () => {
    fc.assert(
      fc.property(facts, facts, (a, b) => {
        expect(composeVerifierReward(a) === composeVerifierReward(b)).toBe(
          JSON.stringify(a) === JSON.stringify(b),
        );
      }),
      { numRuns: 500 },
    );
  });

  it('property: has no number, in digits or words, so no gold answer can be in it', () => {
    fc.assert(
      fc.property(facts, fc.nat(999), (some, gold) => {
        const text = composeVerifierReward(some);
        expect(text).not.toMatch(/\d/);
        expect(redactGold(text, String(gold)).redactions).toBe(0);
      }),
    );
  });

  it('the ideal one is what an ideal rollout gets', () => {
    expect(idealReward()).toBe(composeVerifierReward(factsOf('Reply with only the final number.', '28')));
  });
});

function factsOf(prompt: string, answer: string, finishReason = 'stop'): RewardFacts {
  const gold = '28';
  return rewardFacts({
    question,
    prompt,
    answer,
    gold,
    verdict: gradeResponse('number', answer, gold),
    finishReason,
  });
}

describe('the facts of a rollout', () => {
  it('are verdict, end, length and prompt', () => {
    expect(factsOf('Work step by step.', `Well, ${'then '.repeat(50)}#### 28`, 'length')).toEqual({
      correct: true,
      method: 'hash',
      cutOff: true,
      answerLength: 'medium',
      prompt: { kind: 'instruction', length: 'short', leak: 'none', asksForFinal: false, asksForSteps: true },
    });
  });

  it.each([
    ['', 'none'],
    ['28', 'terse'],
    ['word '.repeat(6), 'short'],
    ['word '.repeat(41), 'medium'],
    ['word '.repeat(121), 'long'],
  ])('count the words of the response', (answer, length) => {
    expect(factsOf('Answer.', answer).answerLength).toBe(length);
  });
});

describe('a prompt', () => {
  const kind = (prompt: string) => describePrompt(prompt, question, '28').kind;
  const leak = (prompt: string) => describePrompt(prompt, question, '28').leak;

  it.each([
    ['Reply with only the final number.', 'instruction'],
    ["Let's think step by step.", 'instruction'],
    ['Carefully subtract, then answer.', 'instruction'],
    ['  \n', 'empty'],
    ['How many books did Rosa give away?', 'question'],
    ['The answer is 28.', 'answer'],
    ['28', 'answer'],
    ['75 - 47 = 28', 'answer'],
    ["Sure, I'd be happy to help!", 'chat'],
    ["I'm sorry, but I cannot do that.", 'chat'],
    ['Rosa had 75 books. Rosa gave 47 of them to Tara.', 'copy'],
    ['Rosa likes her books very much.', 'statement'],
  ])('%j is of the kind "%s"', (prompt, expected) => {
    expect(kind(prompt)).toBe(expected);
  });

  it.each([...expertPrompts])('of the expert pool is an instruction without a leak: %j', (prompt) => {
    expect([kind(prompt), leak(prompt)]).toEqual(['instruction', 'none']);
  });

  it('gives the answer away when it names the gold answer', () => {
    expect(leak('Say 28.')).toBe('gold');
    expect(leak('Say twenty-eight.')).toBe('gold');
    expect(leak('Subtract 47 from 75.')).toBe('none');
    expect(leak('Think of 30 minus 2.')).toBe('number');
    expect(describePrompt('Start from 75.', question, '75').leak).toBe('none');
  });

  it('may number its steps', () => {
    expect(leak('1. Read the question.\n2. Subtract.')).toBe('none');
  });

  it('is described in linear time', () => {
    for (const piece of ['\n', 'only ', '= ', '. ', 'a', '1 ', 'please ']) {
      const started = performance.now();
      describePrompt(piece.repeat(200_000), question, '28');
      expect(performance.now() - started).toBeLessThan(20_000);
    }
  });
});
