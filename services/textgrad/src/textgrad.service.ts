import { deriveSeed, parseEdit, SequentialSearch, type RetryBudget, type SearchAction } from '@trprompt/core';
import { ChatError } from '@trprompt/llm';
import type { Editor } from './ports/editor.js';
import type { CandidateScorer } from './search/candidate-scorer.js';
import type { CallsLost, CostedEvent, SearchRequest } from './search/search-request.js';

/** The optimal-reward search: carries out what the state machine asks for and hands on everything that happens, as it happens. */
export class Textgrad {
  constructor(
    private readonly scorer: CandidateScorer,
    private readonly editor: Editor,
  ) {}

  /**
   * New events only: those of the history are taken as they are and nothing in them is paid for again. The last event is `finished`, unless
   * the history holds it, or `lost` when the search ends with a failure that has cost something.
   * @throws SearchError when the history does not fit the request; CallFailure, ChatError when the search cannot go on now
   */
  async *optimize(
    request: SearchRequest,
    signal: AbortSignal,
  ): AsyncGenerator<CostedEvent | CallsLost, void, undefined> {
    const search = new SequentialSearch({
      ...request,
      questions: new Map(request.validation.map(({ itemId, question }) => [itemId, question])),
    });
    for (const event of request.history) search.apply(event);
    const budget = this.scorer.budget(request);
    for (let action = search.next(); action.do !== 'stop'; action = search.next()) {
      signal.throwIfAborted();
      try {
        for await (const event of this.perform(action, request, budget, signal)) {
          if (event.type !== 'lost') search.apply(event);
          yield event;
        }
      } catch (error) {
        if (error instanceof ChatError && error.usage.calls > 0) yield { type: 'lost', usage: error.usage };
        throw error;
      }
    }
  }

  private async *perform(
    action: Exclude<SearchAction, { do: 'stop' }>,
    request: SearchRequest,
    budget: RetryBudget,
    signal: AbortSignal,
  ): AsyncGenerator<CostedEvent | CallsLost, void, undefined> {
    switch (action.do) {
      case 'record':
        yield action.event;
        return;
      case 'score':
        yield* this.scorer.score(action, request, budget, signal);
        return;
      case 'critique': {
        const seed = deriveSeed(request.seed, 'search', 'critique', action.step);
        const { text, usage } = await this.editor.critique({ ...action, seed }, request.editor, signal);
        yield { type: 'critique', step: action.step, text: text.trim(), usage };
        return;
      }
      case 'edit':
        yield await this.edit(action, request, signal);
    }
  }

  private async edit(
    action: Extract<SearchAction, { do: 'edit' }>,
    request: SearchRequest,
    signal: AbortSignal,
  ): Promise<CostedEvent> {
    const { step, candidateId, parentId, tried } = action;
    const seed = deriveSeed(request.seed, 'search', 'edit', step);
    const { text, cutOff, usage } = await this.editor.edit({ ...action, seed }, request.editor, signal);
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
