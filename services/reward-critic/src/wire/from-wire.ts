import { extractionMethods, type Verdict } from '@trprompt/core';
import { checkItems, checkText } from '@trprompt/llm';
import type { Verdict as WireVerdict } from '@trprompt/proto/grading/v1/grading';
import { CriticMode, type CritiqueItem as WireItem } from '@trprompt/proto/reward_critic/v1/reward_critic';
import { invalidArgument } from '@trprompt/service';
import type { CritiqueItem, GradedItem } from '../reward-critic.service.js';

/** A target model may be given more tokens than a question has characters. */
const MAX_ANSWER = 1_000_000;

/** @throws StatusError INVALID_ARGUMENT */
export function modeFromWire(mode: CriticMode): 'llm' | 'verifier' | 'hybrid' {
  switch (mode) {
    case CriticMode.CRITIC_MODE_UNSPECIFIED:
    case CriticMode.CRITIC_MODE_LLM:
      return 'llm';
    case CriticMode.CRITIC_MODE_VERIFIER:
      return 'verifier';
    case CriticMode.CRITIC_MODE_HYBRID:
      return 'hybrid';
    default:
      throw invalidArgument('mode', mode, 'use llm (1), verifier (2) or hybrid (3); 0 means llm');
  }
}

/** @throws StatusError INVALID_ARGUMENT that names the item and field */
export function itemsFromWire(items: readonly WireItem[]): CritiqueItem[] {
  checkItems(items, invalidArgument);
  return items.map(({ answerFinishReason, verdict, ...item }, index) => {
    const { question, prompt, answer, gold } = item;
    const at = `items[${index}]`;
    checkText(`${at}.question`, question, invalidArgument, { required: true });
    checkText(`${at}.prompt`, prompt, invalidArgument);
    checkText(`${at}.answer`, answer, invalidArgument, { max: MAX_ANSWER });
    checkText(`${at}.gold`, gold, invalidArgument);
    if (!['', 'stop', 'length'].includes(answerFinishReason))
      throw invalidArgument(
        `${at}.answer_finish_reason`,
        answerFinishReason,
        'use "stop", "length" or nothing',
      );
    return {
      ...item,
      finishReason: answerFinishReason,
      ...(verdict ? { verdict: verdictFromWire(verdict, `${at}.verdict`) } : {}),
    };
  });
}

/** Like `itemsFromWire`, for the modes that need a verdict. */
export function gradedFromWire(items: readonly WireItem[], mode: string): GradedItem[] {
  return itemsFromWire(items).map((item, index) => {
    const { verdict } = item;
    if (!verdict) throw invalidArgument(`items[${index}].verdict`, null, `mode ${mode} needs it`);
    return { ...item, verdict };
  });
}

function verdictFromWire(
  { correct, extracted, method, reason, verdicts }: WireVerdict,
  field: string,
): Verdict {
  const known = extractionMethods.find((name) => name === method);
  if (!known) throw invalidArgument(`${field}.method`, method, `use one of ${extractionMethods.join(', ')}`);
  return { correct, extracted, method: known, reason, verdicts };
}
