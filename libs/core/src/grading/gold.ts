import { plainNumbers, statements } from './extract.js';

/** The gold answer proper: what follows "####" or stands in \boxed{} of a worked solution, else the whole text; trimmed. */
export function goldText(gold: string): string {
  const text = plainNumbers(gold);
  const marked = statements(text).findLast(({ method, content }) => method !== 'stated' && content !== '');
  return (marked?.content ?? text).trim();
}
