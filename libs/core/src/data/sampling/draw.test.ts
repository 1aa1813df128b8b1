import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  createRandom,
  drawQuestions,
  parseRunConfig,
  type Draw,
  type Example,
  type PastDraw,
} from '../../index.js';

type Sampling = Parameters<typeof drawQuestions>[1]['sampling'];

function settings(changes: Partial<Sampling> = {}): Sampling {
  const parsed = parseRunConfig({ name: 'x', rollout: { sampling: changes } });
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  return parsed.config.rollout.sampling;
}

const questions = (count: number, more: (i: number) => Partial<Example> = () => ({})): Example[] =>
  Array.from({ length: count }, (_, i) => ({ id: `q${i}`, question: `${i}?`, answer: '1', ...more(i) }));
const idsOf = ({ questions: drawn }: Draw<Example>): string[] => drawn.map(({ example }) => example.id);
const strategies = ['uniform', 'stratified', 'rebalance'] as const;

const anyHistory = fc.array(
  fc.record({
    iteration: fc.integer({ min: 1, max: 5 }),
    exampleId: fc.nat(29).map((i) => `q${i}`),
    correct: fc.option(fc.boolean(), { nil: undefined }),
  }),
  { maxLength: 60 },
);

describe('drawQuestions', () => {
  it.each(strategies)(
    'property: %s draws as many as asked for, again the same, and within its limits',
    (strategy) => {
      fc.assert(
        fc.property(
          fc.integer({ min: 1, max: 30 }),
          fc.nat(70),
          fc.nat(),
          anyHistory,
          fc.integer({ min: 1, max: 4 }),
          (size, count, seed, history, repeats) => {
            const sampling = settings({ strategy, repeats });
            const draw = (past: readonly PastDraw[]) =>
              drawQuestions(questions(size), {
                count,
                sampling,
                iteration: 6,
                history: past,
                random: createRandom(seed),
              });
            const drawn = draw(history);
            expect(drawn.questions).toHaveLength(count);
            expect(new Set(drawn.questions.map(({ itemId }) => itemId)).size).toBe(count);
            // A database gives rows in any order.
            expect(draw(history.toReversed())).toEqual(drawn);
            const times = Map.groupBy(idsOf(drawn), (id) => id);
            const most = Math.max(Math.ceil(count / size), strategy === 'rebalance' ? repeats : 1);
            for (const each of times.values()) expect(each.length).toBeLessThanOrEqual(most);
            const least = strategy === 'rebalance' ? 1 : Math.min(count, size);
            expect(times.size).toBeGreaterThanOrEqual(Math.min(count, least));
          },
        ),
        { seed: 1, numRuns: 300 },
      );
    },
  );

  it('refuses to draw from nothing', () => {
    const request = { sampling: settings(), iteration: 1, history: [], random: createRandom(1) };
    expect(() => drawQuestions([], { ...request, count: 1 })).toThrow('no training questions');
    expect(drawQuestions([], { ...request, count: 0 }).questions).toEqual([]);
    expect(() => drawQuestions(questions(3), { ...request, count: -1 })).toThrow('count is -1');
  });

  it.each(strategies)('%s without history is as likely to draw one question as another', (strategy) => {
    const times = new Map<string, number>();
    for (let seed = 0; seed < 2000; seed++) {
      const request = {
        count: 5,
        sampling: settings({ strategy }),
        iteration: 1,
        history: [],
        random: createRandom(seed),
      };
      for (const id of idsOf(drawQuestions(questions(20), request))) times.set(id, (times.get(id) ?? 0) + 1);
    }
    // 500 expected of each, standard deviation 19.4.
    for (const count of times.values()) expect(Math.abs(count - 500)).toBeLessThan(4 * 19.4);
    expect(times.size).toBe(20);
  });

  it('names later draws of a question', () => {
    const request = { count: 4, sampling: settings(), iteration: 1, history: [], random: createRandom(1) };
    const items = drawQuestions(questions(2), request).questions.map(({ itemId }) => itemId);
    expect(items.toSorted()).toEqual(['q0', 'q0#2', 'q1', 'q1#2']);
  });
});

describe('stratified', () => {
  it('gives every stratum its share, and tells of it', () => {
    const examples = questions(100, (i) => ({ level: i < 70 ? 1 : i < 97 ? 2 : 5 }));
    const sampling = settings({ strategy: 'stratified' });
    const { strata, questions: drawn } = drawQuestions(examples, {
      count: 20,
      sampling,
      iteration: 1,
      history: [],
      random: createRandom(1),
    });
    expect(strata).toEqual({ 'level 1': 14, 'level 2': 5, 'level 5': 1 });
    expect(drawn.filter(({ example }) => example.level === 5)).toHaveLength(1);
  });
});

describe('rebalance', () => {
  const request = (changes: Partial<Sampling>, history: readonly PastDraw[], count: number, seed = 1) => ({
    count,
    sampling: settings({ strategy: 'rebalance', ...changes }),
    iteration: 2,
    history,
    random: createRandom(seed),
  });
  const answered = (correct: (i: number) => boolean | undefined, count: number): PastDraw[] =>
    Array.from({ length: count }, (_, i) => ({ iteration: 1, exampleId: `q${i}`, correct: correct(i) }));

  it('draws wrong ones more than right ones, and unseen ones in between', () => {
    const history = answered((i) => i >= 20, 60);
    const examples = questions(100, (i) => ({ level: i % 2 }));
    const times = { wrong: 0, right: 0, unseen: 0 };
    for (let seed = 0; seed < 300; seed++)
      for (const id of idsOf(drawQuestions(examples, request({ floor: 0.01 }, history, 20, seed)))) {
        const i = Number(id.slice(1));
        times[i < 20 ? 'wrong' : i < 60 ? 'right' : 'unseen'] += 1;
      }
    // Draws for each question of the kind: 20, 40, 40 of them.
    const each = [times.wrong / 20, times.unseen / 40, times.right / 40] as const;
    expect(each[0]).toBeGreaterThan(1.5 * each[1]);
    expect(each[1]).toBeGreaterThan(1.5 * each[2]);
    expect(each[2]).toBeGreaterThan(0);
  });

  it('draws uniformly where more is wrong anyway than it aims at', () => {
    const history = answered((i) => i % 10 === 0, 100);
    const times = new Map<string, number>();
    for (let seed = 0; seed < 2000; seed++) {
      const drawn = drawQuestions(questions(100), request({ wrongShare: 0.5 }, history, 10, seed));
      for (const id of idsOf(drawn)) times.set(id, (times.get(id) ?? 0) + 1);
    }
    for (const count of times.values()) expect(Math.abs(count - 200)).toBeLessThan(4.5 * 13.5);
  });

  it('aims at the share it is asked for: no more', () => {
    const history = answered((i) => i >= 400, 1000);
    const uniform = drawQuestions(questions(1000), request({ floor: 1 }, history, 1000)).wrongExpected;
    const expected = [0.2, 0.45, 0.6].map(
      (wrongShare) => drawQuestions(questions(1000), request({ wrongShare }, history, 200)).wrongExpected,
    );
    expect(Math.abs((expected[0] ?? 0) - uniform)).toBeLessThan(0.1);
    expect(Math.abs((expected[1] ?? 0) - 0.45)).toBeLessThan(0.06);
    expect(Math.abs((expected[2] ?? 0) - 0.6)).toBeLessThan(0.06);
  });

  it('takes an unseen question for one of its stratum', () => {
    const examples = questions(200, (i) => ({ steps: i % 2 === 0 ? 2 : 7 }));
    const history = answered((i) => i % 2 === 0, 100);
    const drawn = drawQuestions(examples, request({ floor: 0.05, wrongShare: 0.9 }, history, 60));
    const unseen = drawn.questions.filter(({ example }) => Number(example.id.slice(1)) >= 100);
    expect(unseen.filter(({ example }) => example.steps === 7).length).toBeGreaterThan(0.8 * unseen.length);
    expect(drawn.unseen).toBe(unseen.length);
  });

  it('forgets: what was wrong long ago counts less than what was wrong just now', () => {
    const old = answered(() => false, 50);
    const recent = answered(() => false, 100)
      .slice(50)
      .map((past) => ({ ...past, iteration: 8 }));
    const right = Array.from({ length: 100 }, (_, i) => ({
      iteration: 8,
      exampleId: `q${100 + i}`,
      correct: true,
    }));
    let times = 0;
    let all = 0;
    for (let seed = 0; seed < 50; seed++) {
      const request9 = {
        ...request({ floor: 0.01, wrongShare: 0.9, decay: 0.5 }, [...old, ...recent, ...right], 20, seed),
        iteration: 9,
      };
      for (const id of idsOf(
        drawQuestions(
          questions(200, (i) => ({ level: i % 2 })),
          request9,
        ),
      )) {
        const i = Number(id.slice(1));
        if (i < 100) all += 1;
        if (i >= 50 && i < 100) times += 1;
      }
    }
    expect(times).toBeGreaterThan(0.7 * all);
  });

  it('reaches the share with repetitions where a small train split has too few difficult questions', () => {
    const history = answered((i) => i >= 10, 60);
    const share = (repeats: number): number => {
      const drawn = idsOf(drawQuestions(questions(60), request({ repeats, floor: 0.1 }, history, 40)));
      return drawn.filter((id) => Number(id.slice(1)) < 10).length / 40;
    };
    expect(share(1)).toBe(0.25);
    expect(share(4)).toBeGreaterThan(0.5);
  });
});
