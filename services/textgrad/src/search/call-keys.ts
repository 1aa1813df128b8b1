import { sha256Hex } from '@trprompt/core';

/**
 * The idempotency key of one call of a search: the key of the search, what the call is for, and a hash of what shapes its request, so that a key never
 * stands for two requests. Empty when the search has none.
 */
export function callKey(searchKey: string, purpose: string, ...input: readonly (string | number)[]): string {
  return searchKey === '' ? '' : `${searchKey}/${purpose}/${sha256Hex(JSON.stringify(input)).slice(0, 32)}`;
}
