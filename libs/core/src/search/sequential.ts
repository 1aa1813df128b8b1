import { createRandom, deriveSeed } from '../seeds/index.js';
import type {
  CandidateProposed,
  CritiqueWritten,
  EditRejected,
  ItemScored,
  SearchEvent,
  SearchExample,
  SearchFinished,
} from './events.js';

/** What a sequential search is made of. */
export interface SequentialSettings {
  /** Seed of the minibatches, 0 to 2^31-1. */
  seed: number;
  /** t*_{k-1}. */
  initialReward: string;
  /** Validation questions by id, in an order that never changes; at least one. */
  questions: ReadonlyMap<string, string>;
  /** Further examples for the minibatches, in an order that never changes. */
  rollouts: readonly (SearchExample & { correct: boolean })[];
  /** Optimisation steps, at least 1. */
  steps: number;
  /** Most failures, and most successes, shown to the editor a step, at least 1. */
  minibatch: number;
}

/** What has to be done next. Its result comes back as an event. */
export type SearchAction =
  /** Costs nothing: apply the event and hand it on. */
  | { do: 'record'; event: SearchEvent }
  /** Answer the questions under the candidate: one `item` event each, in any order. */
  | { do: 'score'; candidateId: string; reward: string; itemIds: string[] }
  /** Ask the editor what is wrong: a `critique` event. */
  | { do: 'critique'; step: number; reward: string; failures: SearchExample[]; successes: SearchExample[] }
  /** Ask the editor for a new text: a `candidate` or a `rejected` event. `tried`: texts that would be no change. */
  | {
      do: 'edit';
      step: number;
      candidateId: string;
      parentId: string;
      reward: string;
      critique: string;
      tried: string[];
    }
  /** Nothing: the search has ended. */
  | { do: 'stop' };

/** An event that cannot follow the ones before it. */
export class SearchError extends Error {
  override name = 'SearchError';
}

interface Candidate extends CandidateProposed {
  items: Map<string, ItemScored>;
  correct: number;
}

/**
 * The optimal-reward search in its sequential form (paper 2507.18618, step 3; TextGrad's validation revert): score the reward on the validation
 * questions, criticise a minibatch of failures and successes, edit, score the edit, keep it when it is strictly better, else revert; repeat.
 * It ends after its steps, or as soon as no candidate could be better.
 *
 * Pure: no I/O, no clock; `next` depends on the set of events applied, not on the order in which items came. So a search that is replayed from
 * its events goes on exactly where it was.
 */
export class SequentialSearch {
  readonly #candidates = new Map<string, Candidate>();
  #current: Candidate | undefined;
  /** Proposed, not decided. */
  #pending: Candidate | undefined;
  #critique: CritiqueWritten | undefined;
  #stepsDone = 0;
  #repaired = 0;
  #rejected = 0;
  #finished: SearchFinished | undefined;

  constructor(private readonly settings: SequentialSettings) {}

  /** The outcome, once there is one. */
  get outcome(): SearchFinished | undefined {
    return this.#finished;
  }

  next(): SearchAction {
    const { initialReward, questions, steps } = this.settings;
    const total = questions.size;
    if (this.#finished) return { do: 'stop' };
    if (this.#pending) return this.#scoreOrDecide(this.#pending);
    const current = this.#current;
    if (!current)
      return record({
        type: 'candidate',
        candidateId: 'c0',
        step: 0,
        reward: initialReward,
        parentId: '',
        repaired: false,
      });
    if (this.#stepsDone >= steps || current.correct === total) return record(this.#outcomeOf(current));
    const step = this.#stepsDone + 1;
    if (!this.#critique)
      return { do: 'critique', step, reward: current.reward, ...this.#minibatch(current, step) };
    return {
      do: 'edit',
      step,
      candidateId: `c${this.#candidates.size}`,
      parentId: current.candidateId,
      reward: current.reward,
      critique: this.#critique.text,
      tried: [...this.#candidates.values()].map(({ reward }) => reward),
    };
  }

  /** @throws SearchError when the event does not follow from the ones before it, or not from these settings */
  apply(event: SearchEvent): void {
    if (this.#finished) throw new SearchError('the search has finished, nothing can follow');
    switch (event.type) {
      case 'candidate':
        return this.#propose(event);
      case 'item':
        return this.#score(event);
      case 'decision':
        return this.#decide(event.candidateId);
      case 'critique':
        return this.#criticise(event);
      case 'rejected':
        return this.#reject(event);
      case 'finished':
        return this.#finish(event);
    }
  }

  #scoreOrDecide(candidate: Candidate): SearchAction {
    const { candidateId, step, reward, items } = candidate;
    const itemIds = [...this.settings.questions.keys()].filter((id) => !items.has(id));
    if (itemIds.length > 0) return { do: 'score', candidateId, reward, itemIds };
    const kept = !this.#current || candidate.correct > this.#current.correct;
    return record({
      type: 'decision',
      candidateId,
      step,
      correct: candidate.correct,
      total: items.size,
      kept,
    });
  }

  #propose(event: CandidateProposed): void {
    const { candidateId, step, parentId } = event;
    if (this.#pending) throw new SearchError(`${this.#pending.candidateId} is not decided yet`);
    if (candidateId !== `c${this.#candidates.size}`)
      throw new SearchError(`the next candidate is c${this.#candidates.size}, not ${candidateId}`);
    if (!this.#current && event.reward !== this.settings.initialReward)
      throw new SearchError('c0 is not the initial reward');
    this.#expectStep(step, this.#current ? 'edit' : 'start');
    if (parentId !== (this.#current?.candidateId ?? ''))
      throw new SearchError(
        `${candidateId} was edited from "${parentId}", which is not the current candidate`,
      );
    if (event.repaired) this.#repaired++;
    this.#critique = undefined;
    this.#pending = { ...event, items: new Map(), correct: 0 };
    this.#candidates.set(candidateId, this.#pending);
  }

  #score(event: ItemScored): void {
    const candidate = this.#pending;
    if (!candidate || candidate.candidateId !== event.candidateId)
      throw new SearchError(`${event.candidateId} is not being scored`);
    if (!this.settings.questions.has(event.itemId))
      throw new SearchError(`there is no validation question "${event.itemId}"`);
    if (candidate.items.has(event.itemId))
      throw new SearchError(`"${event.itemId}" was scored under ${event.candidateId} already`);
    candidate.items.set(event.itemId, event);
    if (event.verdict.correct) candidate.correct++;
  }

  #decide(candidateId: string): void {
    const candidate = this.#pending;
    if (
      !candidate ||
      candidate.candidateId !== candidateId ||
      candidate.items.size < this.settings.questions.size
    )
      throw new SearchError(`${candidateId} is not scored on all questions`);
    const kept = !this.#current || candidate.correct > this.#current.correct;
    if (kept) this.#current = candidate;
    this.#stepsDone = candidate.step;
    this.#pending = undefined;
  }

  #criticise(event: CritiqueWritten): void {
    this.#expectStep(event.step, 'critique');
    this.#critique = event;
  }

  #reject(event: EditRejected): void {
    this.#expectStep(event.step, 'edit');
    this.#critique = undefined;
    this.#rejected++;
    this.#stepsDone = event.step;
  }

  #finish(event: SearchFinished): void {
    const current = this.#current;
    if (this.#pending || !current || current.candidateId !== event.candidateId)
      throw new SearchError(`the search cannot have ended with ${event.candidateId}`);
    this.#finished = this.#outcomeOf(current);
  }

  #expectStep(step: number, what: 'start' | 'critique' | 'edit'): void {
    const expected = what === 'start' ? 0 : this.#stepsDone + 1;
    const ready = what === 'start' ? !this.#current : this.#current && !this.#pending;
    if (
      step !== expected ||
      !ready ||
      (what !== 'start' && (what === 'edit') !== (this.#critique !== undefined))
    )
      throw new SearchError(`step ${step} cannot come here: the search is at step ${this.#stepsDone}`);
  }

  #outcomeOf({ candidateId, reward, correct }: Candidate): SearchFinished {
    const total = this.settings.questions.size;
    return {
      type: 'finished',
      candidateId,
      reward,
      correct,
      total,
      repaired: this.#repaired,
      rejected: this.#rejected,
    };
  }

  /** Drawn from the current candidate's own validation results and the rollouts, in their fixed order. */
  #minibatch(current: Candidate, step: number): { failures: SearchExample[]; successes: SearchExample[] } {
    const { questions, rollouts, seed, minibatch } = this.settings;
    const own = [...questions].flatMap(([itemId, question]) => {
      const item = current.items.get(itemId);
      if (!item || item.givenUp) return [];
      return [{ question, prompt: item.prompt, answer: item.answer, correct: item.verdict.correct }];
    });
    const random = createRandom(deriveSeed(seed, 'search', 'minibatch', step));
    const draw = (correct: boolean): SearchExample[] => {
      const pool = [...own, ...rollouts].filter((example) => example.correct === correct);
      return random
        .sample(pool, Math.min(minibatch, pool.length))
        .map(({ question, prompt, answer }) => ({ question, prompt, answer }));
    };
    return { failures: draw(false), successes: draw(true) };
  }
}

function record(event: SearchEvent): SearchAction {
  return { do: 'record', event };
}
