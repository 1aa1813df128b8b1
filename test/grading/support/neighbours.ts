import type { Dice } from '../grammar/dice.js';

/** Pairs of different texts that look alike: of each text, the few with most trigrams in common. */
export function nearPairs(texts: readonly string[], each: number): [string, string][] {
  const holders = new Map<string, number[]>();
  const grams = texts.map(trigrams);
  grams.forEach((own, index) => {
    for (const gram of own) holders.set(gram, [...(holders.get(gram) ?? []), index]);
  });
  const pairs = new Map<string, [string, string]>();
  grams.forEach((own, index) => {
    const common = new Map<number, number>();
    for (const gram of own) {
      const found = holders.get(gram) ?? [];
      // Those that very many texts have tell nothing.
      if (found.length < 300) for (const other of found) common.set(other, (common.get(other) ?? 0) + 1);
    }
    common.delete(index);
    const likeness = (other: number, count: number) => count / (own.size + (grams[other]?.size ?? 0) - count);
    const nearest = [...common]
      .map(([other, count]) => ({ other, likeness: likeness(other, count) }))
      .sort((a, b) => b.likeness - a.likeness || a.other - b.other)
      .slice(0, each);
    for (const { other } of nearest) {
      const [low, high] = index < other ? [index, other] : [other, index];
      pairs.set(`${low} ${high}`, [texts[low] ?? '', texts[high] ?? '']);
    }
  });
  return [...pairs.values()];
}

function trigrams(text: string): Set<string> {
  const padded = `^^${text.replaceAll(/\s/g, '')}$$`;
  return new Set(Array.from({ length: padded.length - 2 }, (_, at) => padded.slice(at, at + 3)));
}

/** Pairs of different texts drawn at random. */
export function randomPairs(texts: readonly string[], count: number, dice: Dice): [string, string][] {
  return Array.from({ length: count }, (): [string, string] => [dice.of(texts), dice.of(texts)]).filter(
    ([a, b]) => a !== b,
  );
}
