import { extractionMethods, type RejectReason, type SearchEvent } from '@trprompt/core';
import { givenUpVerdict } from '../search/given-up.js';
import type { OptimizeResponse } from '@trprompt/proto/textgrad/v1/textgrad';
import { invalidArgument } from '@trprompt/service';
import type { CallsLost, CostedEvent, SearchStopped } from '../search/search-request.js';

export function eventToWire(event: CostedEvent | SearchStopped | CallsLost): OptimizeResponse {
  switch (event.type) {
    case 'critique': {
      const { step, text, usage } = event;
      return { event: { $case: 'critique', value: { step, text, usage } } };
    }
    case 'candidate': {
      const { candidateId, step, reward, parentId, repaired, usage } = event;
      return {
        event: { $case: 'candidate', value: { candidateId, step, reward, parentId, repaired, usage } },
      };
    }
    case 'item': {
      const { candidateId, itemId, prompt, answer, verdict, usage, failure: error } = event;
      const promptUsage = event.usage && event.promptUsage;
      const judgeUsage = event.usage && event.judgeUsage;
      const value = {
        candidateId,
        itemId,
        prompt,
        answer,
        verdict: { ...verdict, verdicts: verdict.verdicts ?? {} },
        usage,
        error,
        promptUsage,
        judgeUsage,
      };
      return { event: { $case: 'item', value } };
    }
    case 'decision':
      return { event: { $case: 'decision', value: event } };
    case 'rejected': {
      const { step, reason, output, usage } = event;
      return { event: { $case: 'rejected', value: { step, reason, output, usage } } };
    }
    case 'stopped':
      return { event: { $case: 'stopped', value: { limit: event.limit } } };
    case 'lost': {
      const {
        promptModel: promptUsage,
        target: answerUsage,
        judge: judgeUsage,
        editor: editorUsage,
      } = event.usage;
      return { event: { $case: 'lost', value: { promptUsage, answerUsage, judgeUsage, editorUsage } } };
    }
    default:
      return { event: { $case: 'finished', value: event } };
  }
}

const reasons: readonly RejectReason[] = ['EMPTY', 'TOO_LONG', 'UNCHANGED', 'MALFORMED'];

/** @throws StatusError INVALID_ARGUMENT that names the field */
export function eventFromWire({ event }: OptimizeResponse, at: string): SearchEvent {
  switch (event?.$case) {
    case 'critique':
      return { type: 'critique', step: event.value.step, text: event.value.text };
    case 'candidate': {
      const { candidateId, step, reward, parentId, repaired } = event.value;
      return { type: 'candidate', candidateId, step, reward, parentId, repaired };
    }
    case 'item': {
      const { candidateId, itemId, prompt, answer, error } = event.value;
      // A caller need not keep the verdict of a question that was given up: it counts as wrong.
      const verdict = event.value.verdict ?? (error && givenUpVerdict(error.message));
      const method = extractionMethods.find((name) => name === verdict?.method);
      if (!verdict || !method)
        throw invalidArgument(
          `${at}.item.verdict.method`,
          verdict?.method,
          `use one of ${extractionMethods.join(', ')}`,
        );
      const { correct, extracted, reason, verdicts } = verdict;
      return {
        type: 'item',
        candidateId,
        itemId,
        prompt,
        answer,
        verdict: {
          correct,
          extracted,
          method,
          reason,
          ...(Object.keys(verdicts ?? {}).length > 0 ? { verdicts } : {}),
        },
        givenUp: error !== undefined,
      };
    }
    case 'decision': {
      const { candidateId, step, correct, total, kept } = event.value;
      return { type: 'decision', candidateId, step, correct, total, kept };
    }
    case 'rejected': {
      const { step, output } = event.value;
      const reason = reasons.find((name) => name === event.value.reason);
      if (!reason)
        throw invalidArgument(
          `${at}.rejected.reason`,
          event.value.reason,
          `use one of ${reasons.join(', ')}`,
        );
      return { type: 'rejected', step, reason, output };
    }
    case 'finished': {
      const { candidateId, reward, correct, total, repaired, rejected } = event.value;
      return { type: 'finished', candidateId, reward, correct, total, repaired, rejected };
    }
    default:
      throw invalidArgument(`${at}.event`, null, 'send messages back as they came');
  }
}
