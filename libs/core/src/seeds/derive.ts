import { createHash } from 'node:crypto';
import { canonicalJson } from './hash.js';

/** The largest seed, 2^31 - 1: what every inference endpoint accepts. */
export const maxSeed = 2 ** 31 - 1;

/**
 * The seed of one piece of work, for instance `deriveSeed(runSeed, iteration, 'rollout', itemId)`. Different parts give
 * independent seeds, so the order in which work is done does not matter, and a piece done again draws the same.
 *
 * @param runSeed the run's seed, 0 to 2^31 - 1
 * @param parts what names the piece; the number 1 and the string "1" differ
 * @returns 0 to 2^31 - 1: the first 31 bits of SHA-256 over the canonical JSON of all arguments
 */
export function deriveSeed(runSeed: number, ...parts: readonly (string | number)[]): number {
  const digest = createHash('sha256')
    .update(canonicalJson([runSeed, ...parts]), 'utf8')
    .digest();
  return digest.readUInt32BE(0) >>> 1;
}
