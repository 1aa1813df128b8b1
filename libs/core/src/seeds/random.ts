import { createHash } from 'node:crypto';

/** A seeded stream of pseudo-random numbers. The same seed gives the same stream on every platform. */
export interface Random {
  /** Uniform in [0, 1), a multiple of 2^-53. */
  next(): number;
  /** Uniform integer, 0 to n - 1, without modulo bias. Throws RangeError unless n is an integer of 1 to 2^32. */
  int(n: number): number;
  /** A shuffled copy; the input is left alone. */
  shuffle<T>(items: readonly T[]): T[];
  /** n distinct positions' items in random order. Throws RangeError unless n is an integer of 0 to items.length. */
  sample<T>(items: readonly T[], n: number): T[];
}

/**
 * xoshiro128** (Blackman and Vigna, "Scrambled linear pseudorandom number generators", 2021), its state taken from SHA-256
 * of the seed, so that neighbouring seeds give unrelated streams. Not for secrets.
 */
export function createRandom(seed: number): Random {
  if (!Number.isSafeInteger(seed)) throw new RangeError(`seed is ${seed}: it must be an integer`);
  const word = xoshiro128(createHash('sha256').update(`random:${seed}`).digest());

  const next = (): number => ((word() >>> 5) * 2 ** 26 + (word() >>> 6)) / 2 ** 53;

  const int = (n: number): number => {
    if (!Number.isInteger(n) || n < 1 || n > 2 ** 32) {
      throw new RangeError(`n is ${n}: it must be an integer of 1 to 2^32`);
    }
    const limit = 2 ** 32 - (2 ** 32 % n);
    for (;;) {
      const drawn = word();
      if (drawn < limit) return drawn % n;
    }
  };

  const sample = <T>(items: readonly T[], n: number): T[] => {
    if (!Number.isInteger(n) || n < 0 || n > items.length) {
      throw new RangeError(`n is ${n}: it must be an integer of 0 to ${items.length}`);
    }
    const pool = [...items];
    for (let i = 0; i < n; i++) {
      const j = i + int(pool.length - i);
      [pool[i], pool[j]] = [pool[j] as T, pool[i] as T];
    }
    return pool.slice(0, n);
  };

  return { next, int, sample, shuffle: (items) => sample(items, items.length) };
}

function xoshiro128(entropy: Buffer): () => number {
  let [a, b, c, d] = [0, 4, 8, 12].map((at) => entropy.readUInt32LE(at)) as [number, number, number, number];
  return () => {
    const scaled = Math.imul(b, 5);
    const result = Math.imul((scaled << 7) | (scaled >>> 25), 9) >>> 0;
    const t = b << 9;
    c ^= a;
    d ^= b;
    b ^= c;
    a ^= d;
    c ^= t;
    d = (d << 11) | (d >>> 21);
    return result;
  };
}
