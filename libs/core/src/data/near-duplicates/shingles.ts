/** Words that say a number: GSMHard replaces them by digits too. Not "one" and "second", which say other things as often. */
const numberWords = new Set(
  (
    'zero two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen ' +
    'twenty thirty forty fifty sixty seventy eighty ninety hundred thousand million billion dozen half third quarter twice thrice ' +
    'double triple once one'
  ).split(' '),
);

// A word, a number with its separators, or one character of a script that writes no spaces.
const tokens =
  /[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}]|[^\W\d_]+|\p{N}[\p{N}.,]*|(?:(?![\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}])[\p{L}\p{M}])+/gu;

const shingleWords = 3;

/**
 * What a question is about, as a sorted set of hashes: every three words in a row, with all numbers masked, digits or words ("four", "4,933,828"), and
 * numbers in a row as one. So questions that differ in their numbers only have the same set. Punctuation and case do not count.
 *
 * Shingling: Broder, "On the resemblance and containment of documents", 1997. Hashes are 32-bit FNV-1a.
 */
export function questionShingles(question: string): Uint32Array {
  const words: number[] = [];
  let masked = false;
  for (const [token] of question.toLowerCase().matchAll(tokens)) {
    const number = /^\p{N}/u.test(token) || numberWords.has(token);
    if (!number) words.push(hash(token));
    else if (!masked) words.push(0);
    masked = number;
  }
  const last = Math.max(1, words.length - shingleWords + 1);
  const shingles = new Set<number>();
  for (let from = 0; from < last; from++) {
    let mixed = offset;
    for (let at = from; at < Math.min(words.length, from + shingleWords); at++)
      mixed = Math.imul(mixed ^ (words[at] ?? 0), prime) ^ (mixed >>> 15);
    shingles.add(mixed >>> 0);
  }
  return Uint32Array.from(shingles).sort();
}

const offset = 0x811c9dc5;
const prime = 0x01000193;

function hash(text: string): number {
  let mixed = offset;
  for (let at = 0; at < text.length; at++) mixed = Math.imul(mixed ^ text.charCodeAt(at), prime);
  // 0 stands for a number.
  return mixed >>> 0 || 1;
}

/** The numbers that a question names in digits, in their order. */
export function numbersOf(question: string): string {
  return (question.match(/\p{N}[\p{N}.,]*/gu) ?? [])
    .map((number) => number.replaceAll(',', '').replace(/\.$/, ''))
    .join(' ');
}

/** Jaccard similarity of two sorted sets, 0 to 1. */
export function similarity(a: Uint32Array, b: Uint32Array): number {
  let common = 0;
  for (let i = 0, j = 0; i < a.length && j < b.length;) {
    const x = a[i] as number;
    const y = b[j] as number;
    if (x === y) common++;
    if (x <= y) i++;
    if (y <= x) j++;
  }
  return common / (a.length + b.length - common || 1);
}
