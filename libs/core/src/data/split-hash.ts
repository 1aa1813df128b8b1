import { createHash } from 'node:crypto';
import { canonicalJson } from '../seeds/index.js';
import { type Example, exampleSplits, type SplitName } from './example.js';

/**
 * Content hash of a split: its questions and gold answers, whatever their order, ids and other members. Equal hashes mean that two accuracies were
 * measured on the same questions.
 *
 * SHA-256 over the sorted SHA-256 hashes of the canonical JSON of {answer, question}. Characters that no database stores (U+0000, lone surrogates)
 * count as U+FFFD, so that what was sent and what is read back have the same hash.
 *
 * @returns "sha256:" and 64 hexadecimal digits
 */
export function hashSplit(examples: readonly Pick<Example, 'question' | 'answer'>[]): string {
  const each = examples.map(({ question, answer }) =>
    sha256(canonicalJson({ question: storable(question), answer: storable(answer) })).digest('hex'),
  );
  return `sha256:${sha256(each.toSorted().join('\n')).digest('hex')}`;
}

/** The content hash and the size of each split that has examples, in the order of the splits. */
export function describeSplits(
  splits: Readonly<Partial<Record<SplitName, readonly Pick<Example, 'question' | 'answer'>[]>>>,
): { split: SplitName; examples: number; hash: string }[] {
  return exampleSplits.flatMap((split) => {
    const examples = splits[split] ?? [];
    return examples.length === 0 ? [] : [{ split, examples: examples.length, hash: hashSplit(examples) }];
  });
}

function sha256(text: string) {
  return createHash('sha256').update(text, 'utf8');
}

function storable(text: string): string {
  return text.replaceAll('\0', '\u{FFFD}').toWellFormed();
}
