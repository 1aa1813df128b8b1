import {
  deriveSeed,
  noUsage,
  parseEdit,
  SequentialSearch,
  subtractUsage,
  type SearchAction,
  type Usage,
} from '@trprompt/core';
import { ChatError } from '@trprompt/llm';
import type { Editor } from './ports/editor.js';
import type { CandidateScorer, SearchAccounts } from './search/candidate-scorer.js';
import { SearchBudget } from './search/search-budget.js';
import type { CallsLost, CostedEvent, SearchRequest, SearchStopped } from './search/search-request.js';

/** The optimal-reward search: carries out what the state machine asks for and hands on everything that happens, as it happens. */
export class Textgrad {
  constructor(
    private readonly scorer: CandidateScorer,
    private readonly editor: Editor,
    /** A monotonic clock, milliseconds. */
    private readonly now: () => number = () => performance.now(),
  ) {}

  /**
   * New events only: those of the history are taken as they are and nothing in them is paid for again. The last event is `finished`, unless
   * the history holds it, or `stopped`: once a limit of the budget is reached nothing is begun any more. What a search that throws has paid for
   * nothing comes before its error as `lost`.
   * @throws SearchError when the history does not fit the request; CallFailure, ChatError when the search cannot go on now
   */
  async *optimize(
    request: SearchRequest,
    signal: AbortSignal,
  ): AsyncGenerator<CostedEvent | SearchStopped | CallsLost, void, undefined> {
    const budget = new SearchBudget(request.budget, this.now);
    try {
      const accounts = { budget, retries: this.scorer.retries(request) };
      for await (const event of this.search(request, accounts, signal)) {
        report(event, budget);
        yield event;
      }
    } catch (error) {
      const { unreported: usage } = budget;
      if (!signal.aborted && Object.values(usage).some(({ calls }) => calls > 0))
        yield { type: 'lost', usage };
      throw error;
    }
  }

  private async *search(
    request: SearchRequest,
    accounts: SearchAccounts,
    signal: AbortSignal,
  ): AsyncGenerator<CostedEvent | SearchStopped, void, undefined> {
    const search = new SequentialSearch({
      ...request,
      questions: new Map(request.validation.map(({ itemId, question }) => [itemId, question])),
    });
    for (const event of request.history) search.apply(event);
    for (let action = search.next(); action.do !== 'stop'; action = search.next()) {
      signal.throwIfAborted();
      const limit = accounts.budget.blocking(
        action.do === 'score' ? this.scorer.callsPerQuestion(request) : leastCalls[action.do],
      );
      if (limit && action.do !== 'record') return yield { type: 'stopped', limit };
      for await (const event of this.perform(action, request, accounts, signal)) {
        search.apply(event);
        yield event;
      }
    }
  }

  private async *perform(
    action: Exclude<SearchAction, { do: 'stop' }>,
    request: SearchRequest,
    accounts: SearchAccounts,
    signal: AbortSignal,
  ): AsyncGenerator<CostedEvent, void, undefined> {
    switch (action.do) {
      case 'record':
        yield action.event;
        return;
      case 'score':
        yield* this.scorer.score(action, request, accounts, signal);
        return;
      case 'critique': {
        const seed = deriveSeed(request.seed, 'search', 'critique', action.step);
        const { text, usage } = await edited(accounts.budget, () =>
          this.editor.critique({ ...action, seed }, request.editor, signal),
        );
        yield { type: 'critique', step: action.step, text: text.trim(), usage };
        return;
      }
      case 'edit':
        yield await this.edit(action, request, accounts, signal);
    }
  }

  private async edit(
    action: Extract<SearchAction, { do: 'edit' }>,
    request: SearchRequest,
    { budget }: SearchAccounts,
    signal: AbortSignal,
  ): Promise<CostedEvent> {
    const { step, candidateId, parentId, tried } = action;
    const seed = deriveSeed(request.seed, 'search', 'edit', step);
    const { text, cutOff, usage } = await edited(budget, () =>
      this.editor.edit({ ...action, seed }, request.editor, signal),
    );
    const edit = parseEdit(text, { tried, maxLength: request.maxRewardLength, cutOff });
    return edit.rejected === undefined
      ? {
          type: 'candidate',
          candidateId,
          step,
          reward: edit.reward,
          parentId,
          repaired: edit.repaired,
          usage,
        }
      : { type: 'rejected', step, reason: edit.rejected, output: text.slice(0, 2000), usage };
  }
}

/** Calls that an action needs; scoring goes on as long as one more question may begin. */
const leastCalls = { record: 0, critique: 1, edit: 1 } as const;

/** An editor call within the budget; one that fails is paid for all the same. */
async function edited<T extends { usage: Usage }>(budget: SearchBudget, call: () => Promise<T>): Promise<T> {
  const { pay, release } = budget.begin(1);
  try {
    const result = await call();
    pay('editor', result.usage);
    return result;
  } catch (error) {
    if (error instanceof ChatError) pay('editor', error.usage);
    throw error;
  } finally {
    release();
  }
}

/** Takes what an event tells from what is not told yet. */
function report(event: CostedEvent | SearchStopped, budget: SearchBudget): void {
  if (event.type === 'item' && event.usage) {
    const { usage, promptUsage, judgeUsage = noUsage() } = event;
    budget.reported('promptModel', promptUsage);
    budget.reported('judge', judgeUsage);
    budget.reported('target', subtractUsage(subtractUsage(usage, promptUsage), judgeUsage));
  } else if ('usage' in event && event.usage) budget.reported('editor', event.usage);
}
