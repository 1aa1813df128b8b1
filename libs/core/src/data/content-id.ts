import { sha256Hex } from '../seeds/index.js';

/**
 * The id of an example that has none of its own: it depends on the question alone, so that the order of a file decides nothing (splits and seeds
 * derive from ids).
 *
 * @returns "q-" and 16 hexadecimal digits
 */
export function contentId(question: string): string {
  return `q-${sha256Hex(question.trim()).slice(0, 16)}`;
}
