import { OptimizeResponse } from '@trprompt/proto/textgrad/v1/textgrad';
import type { SearchMessage } from '../../domain/search-message.js';
import { toUsage, toVerdict } from './common.js';

/** INTERNAL: the code that a given-up item's reason is handed back with; only its text is kept. */
const INTERNAL = 13;

/** Encoding takes the fields that it knows and leaves `kind` out. */
export function toWireSearch(message: SearchMessage): OptimizeResponse {
  return OptimizeResponse.fromPartial({ event: wireEvent(message) });
}

function wireEvent(message: SearchMessage): OptimizeResponse['event'] {
  switch (message.kind) {
    case 'critique':
      return { $case: 'critique', value: message };
    case 'candidate':
      return { $case: 'candidate', value: message };
    case 'item': {
      const { verdict, error } = message;
      const failure = {
        code: INTERNAL,
        message: error ?? '',
        retryable: false,
        usage: undefined,
        outage: false,
      };
      return {
        $case: 'item',
        value: { ...message, verdict: verdict ?? undefined, error: error === null ? undefined : failure },
      };
    }
    case 'decision':
      return { $case: 'decision', value: message };
    case 'rejected':
      return { $case: 'rejected', value: message };
    case 'finished':
      return { $case: 'finished', value: message };
    case 'lost':
      return { $case: 'lost', value: message };
  }
}

/** Undefined: a kind of message that this version does not know. */
export function fromWireSearch({ event }: OptimizeResponse): SearchMessage | undefined {
  switch (event?.$case) {
    case 'critique': {
      const { step, text, usage } = event.value;
      return { kind: 'critique', step, text, usage: toUsage(usage) };
    }
    case 'candidate': {
      const { candidateId, step, reward, parentId, repaired, usage } = event.value;
      return { kind: 'candidate', candidateId, step, reward, parentId, repaired, usage: toUsage(usage) };
    }
    case 'item': {
      const { candidateId, itemId, prompt, answer, verdict, usage, error } = event.value;
      return {
        kind: 'item',
        candidateId,
        itemId,
        prompt,
        answer,
        verdict: error ? null : toVerdict(verdict),
        usage: toUsage(usage),
        error: error?.message ?? null,
      };
    }
    case 'decision': {
      const { candidateId, step, correct, total, kept } = event.value;
      return { kind: 'decision', candidateId, step, correct, total, kept };
    }
    case 'rejected': {
      const { step, reason, output, usage } = event.value;
      return { kind: 'rejected', step, reason, output, usage: toUsage(usage) };
    }
    case 'finished': {
      const { candidateId, reward, correct, total, repaired, rejected } = event.value;
      return { kind: 'finished', candidateId, reward, correct, total, repaired, rejected };
    }
    case 'lost':
      return { kind: 'lost', usage: toUsage(event.value.usage) };
    case undefined:
      return undefined;
  }
}
