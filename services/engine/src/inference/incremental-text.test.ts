import { describe, expect, it } from 'vitest';
import { IncrementalText } from './incremental-text.js';

/** A tokenizer whose tokens are single bytes. */
const bytes = (tokens: number[]): string => new TextDecoder().decode(Uint8Array.from(tokens));

/** Pieces that come out when `tokens` go in one by one. */
function pieces(tokens: Iterable<number>): string[] {
  const text = new IncrementalText<number>(bytes);
  return [...Array.from(tokens, (token) => text.push(token)), text.flush()];
}

describe('incremental text', () => {
  it('puts together the same text as the whole', () => {
    const whole = 'naïve 漢字 and 👩‍👩‍👧 end';
    expect(pieces(new TextEncoder().encode(whole)).join('')).toBe(whole);
  });

  it('never shows a part of a character', () => {
    for (const piece of pieces(new TextEncoder().encode('é漢👍'))) expect(piece).not.toContain('\uFFFD');
  });

  it('holds a character until its last byte', () => {
    expect(pieces(new TextEncoder().encode('é!'))).toEqual(['', 'é', '!', '']);
  });

  it('shows an incomplete character at the end as U+FFFD', () => {
    expect(pieces([0x61, 0xe6, 0xbc]).join('')).toBe('a\uFFFD');
  });

  it('does not hold back text behind bytes that are no character', () => {
    expect(pieces([0xff, 0xff, 0xff, 0xff, 0x61]).join('')).toBe('\uFFFD\uFFFD\uFFFD\uFFFDa');
  });
});
