import { cleanText } from '../text/clean.js';
import { answerWindow } from '../text/window.js';
import type { GradedText } from '../kinds.js';
import { withoutUnfinishedRepeat } from './repetition.js';
import { ownAnswer } from './turns.js';

/**
 * What of a graded text is to be read: bounded, without the artefacts of a chat; of a response the part that answers its own question, a
 * repetition without its unfinished end.
 */
export function readableText({ text, form }: GradedText): string {
  const clean = cleanText(answerWindow(text)).trim();
  return form === 'response' ? withoutUnfinishedRepeat(ownAnswer(clean)) : clean;
}

/** Whether what stands at the very end of a text may be incomplete: it reached the token limit, and no white space follows. */
export function endsOpen({ text, finish }: GradedText): boolean {
  return finish === 'length' && /\S/.test(text.slice(-1));
}
