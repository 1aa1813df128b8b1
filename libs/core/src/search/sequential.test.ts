import { describe, expect, it } from 'vitest';
import { deriveSeed } from '../seeds/index.js';
import type { SearchEvent, SearchExample } from './events.js';
import { SearchError, SequentialSearch, type SequentialSettings } from './sequential.js';

const ids = ['q1', 'q2', 'q3', 'q4'];
const settings: SequentialSettings = {
  seed: 7,
  initialReward: 'level 0',
  questions: new Map(ids.map((id) => [id, `question ${id}`])),
  rollouts: [{ question: 'r', prompt: 'rp', answer: 'ra', correct: false }],
  steps: 3,
  minibatch: 2,
};

/** "level n" gets n questions right; the editor proposes the levels in turn, undefined is output that cannot be used. */
function world(levels: (number | undefined)[]) {
  const shown: { failures: SearchExample[]; successes: SearchExample[] }[] = [];
  const answer = (search: SequentialSearch): SearchEvent[] => {
    const action = search.next();
    switch (action.do) {
      case 'record':
        return [action.event];
      case 'score':
        return action.itemIds.map((itemId) => ({
          type: 'item',
          candidateId: action.candidateId,
          itemId,
          prompt: `prompt for ${itemId} under ${action.candidateId}`,
          answer: `answer to ${itemId}`,
          verdict: {
            correct: ids.indexOf(itemId) < Number(action.reward.split(' ')[1]),
            extracted: '',
            method: 'none',
            reason: '',
          },
          givenUp: false,
        }));
      case 'critique':
        shown.push(action);
        return [{ type: 'critique', step: action.step, text: `critique ${action.step} of ${action.reward}` }];
      case 'edit': {
        const { step, candidateId, parentId } = action;
        const level = levels[step - 1];
        if (level === undefined) return [{ type: 'rejected', step, reason: 'EMPTY', output: '' }];
        return [
          { type: 'candidate', candidateId, step, reward: `level ${level}`, parentId, repaired: step === 2 },
        ];
      }
      default:
        return [];
    }
  };
  return { answer, shown };
}

function finish(
  search: SequentialSearch,
  answer: (search: SequentialSearch) => SearchEvent[],
): SearchEvent[] {
  const events: SearchEvent[] = [];
  while (search.next().do !== 'stop') {
    for (const event of answer(search)) {
      search.apply(event);
      events.push(event);
    }
  }
  return events;
}

describe('the sequential search', () => {
  it('keeps an edit that is strictly better and reverts any other', () => {
    const search = new SequentialSearch(settings);
    const events = finish(search, world([2, 2, 3]).answer);
    expect(events.flatMap((event) => (event.type === 'decision' ? [event] : []))).toEqual([
      { type: 'decision', candidateId: 'c0', step: 0, correct: 0, total: 4, kept: true },
      { type: 'decision', candidateId: 'c1', step: 1, correct: 2, total: 4, kept: true },
      { type: 'decision', candidateId: 'c2', step: 2, correct: 2, total: 4, kept: false },
      { type: 'decision', candidateId: 'c3', step: 3, correct: 3, total: 4, kept: true },
    ]);
    expect(events.flatMap((event) => (event.type === 'candidate' ? [event.parentId] : []))).toEqual([
      '',
      'c0',
      'c1',
      'c1',
    ]);
    expect(search.outcome).toEqual({
      type: 'finished',
      candidateId: 'c3',
      reward: 'level 3',
      correct: 3,
      total: 4,
      repaired: 1,
      rejected: 0,
    });
  });

  it('spends a step on output that cannot be used', () => {
    const search = new SequentialSearch(settings);
    const events = finish(search, world([undefined, 1, undefined]).answer);
    expect(events.filter((event) => event.type === 'critique')).toHaveLength(3);
    expect(search.outcome).toMatchObject({ candidateId: 'c1', rejected: 2 });
  });

  it('ends as soon as nothing can be better', () => {
    const search = new SequentialSearch(settings);
    const events = finish(search, world([4]).answer);
    expect(events.filter((event) => event.type === 'critique')).toHaveLength(1);
    expect(search.outcome).toMatchObject({ candidateId: 'c1', correct: 4 });
  });

  it('goes on after any prefix of its events as if it had never stopped', () => {
    const levels = [2, undefined, 3];
    const whole = finish(new SequentialSearch(settings), world(levels).answer);
    for (let length = 0; length <= whole.length; length++) {
      const search = new SequentialSearch(settings);
      for (const event of whole.slice(0, length)) search.apply(event);
      expect([...whole.slice(0, length), ...finish(search, world(levels).answer)]).toEqual(whole);
    }
  });

  it('draws its minibatches from the results of the current candidate and the rollouts, whatever the order of arrival', () => {
    const forward = world([2, 1, 1]);
    finish(new SequentialSearch(settings), forward.answer);
    const backward = world([2, 1, 1]);
    finish(new SequentialSearch(settings), (search) => backward.answer(search).reverse());
    expect(backward.shown).toEqual(forward.shown);
    const [first, second] = forward.shown;
    expect(first?.successes).toEqual([]);
    expect(first?.failures).toHaveLength(2);
    expect(second?.successes.map(({ prompt }) => prompt).toSorted()).toEqual([
      'prompt for q1 under c1',
      'prompt for q2 under c1',
    ]);
    expect(Object.keys(second?.failures[0] ?? {}).toSorted()).toEqual(['answer', 'prompt', 'question']);
  });

  it('shows the editor nothing of items that were given up', () => {
    const { answer, shown } = world([1, 1, 1]);
    finish(new SequentialSearch({ ...settings, rollouts: [] }), (search) =>
      answer(search).map((event) => (event.type === 'item' ? { ...event, givenUp: true } : event)),
    );
    expect(shown[0]).toMatchObject({ failures: [], successes: [] });
  });

  it('draws other minibatches with another seed', () => {
    const many = {
      ...settings,
      initialReward: 'level -1',
      questions: new Map(Array.from({ length: 40 }, (_, i) => [`m${i}`, `question ${i}`])),
    };
    const draws = [1, 2].map((seed) => {
      const { answer, shown } = world([undefined]);
      finish(new SequentialSearch({ ...many, seed: deriveSeed(seed), steps: 1 }), answer);
      return shown[0]?.failures;
    });
    expect(draws[0]).not.toEqual(draws[1]);
  });

  it.each<[string, number, SearchEvent]>([
    ['an item before any candidate', 0, item('c0', 'q1')],
    [
      'another first reward',
      0,
      { type: 'candidate', candidateId: 'c0', step: 0, reward: 'x', parentId: '', repaired: false },
    ],
    ['an item of an unknown question', 1, item('c0', 'q9')],
    ['an item twice', 2, item('c0', 'q1')],
    [
      'a decision too early',
      2,
      { type: 'decision', candidateId: 'c0', step: 0, correct: 0, total: 4, kept: true },
    ],
    ['a critique while a candidate is open', 2, { type: 'critique', step: 1, text: '' }],
    ['a critique of a later step', 6, { type: 'critique', step: 2, text: '' }],
    ['an edit without a critique', 6, { type: 'rejected', step: 1, reason: 'EMPTY', output: '' }],
    [
      'a candidate out of turn',
      7,
      { type: 'candidate', candidateId: 'c2', step: 1, reward: 'x', parentId: 'c0', repaired: false },
    ],
    [
      'a candidate of another parent',
      7,
      { type: 'candidate', candidateId: 'c1', step: 1, reward: 'x', parentId: 'c9', repaired: false },
    ],
  ])('refuses %s', (_name, length, event) => {
    const whole = finish(new SequentialSearch(settings), world([2, 1, 1]).answer);
    const search = new SequentialSearch(settings);
    for (const earlier of whole.slice(0, length)) search.apply(earlier);
    expect(() => search.apply(event)).toThrow(SearchError);
  });

  it('takes nothing after its end', () => {
    const search = new SequentialSearch(settings);
    finish(search, world([1, 1, 1]).answer);
    expect(() => search.apply({ type: 'critique', step: 4, text: '' })).toThrow('has finished');
  });
});

function item(candidateId: string, itemId: string): SearchEvent {
  const verdict = { correct: false, extracted: '', method: 'none' as const, reason: '' };
  return { type: 'item', candidateId, itemId, prompt: '', answer: '', verdict, givenUp: false };
}
