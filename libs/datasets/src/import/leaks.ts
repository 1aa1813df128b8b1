import { findNearDuplicates, type Example, type LeakedQuestion } from '@trprompt/core';
import type { DatasetStore } from '../store/dataset-store.js';

const mostPairs = 5;

/** Questions with a way to say where each stands. */
export interface Side {
  /** What they are, for a message: "the train split", "gsm8k". */
  name: string;
  questions: readonly string[];
  /** Where a question stands: "line 12", "test.jsonl line 12", an id. */
  where: (position: number) => string;
}

/** Says which questions of one side are nearly questions of the other, with the nearest pairs; undefined when none is. */
export function nearDuplicateWarning(of: Side, among: Side): string | undefined {
  const found = findNearDuplicates(of.questions, among.questions);
  return found.length === 0 ? undefined : describe(found, of, among);
}

function describe(found: readonly LeakedQuestion[], of: Side, among: Side): string {
  const same = found.filter(({ sameNumbers }) => sameNumbers).length;
  const pairs = found
    .slice(0, mostPairs)
    .map(
      ({ position, original, similarity }) =>
        `${of.where(position)} ~ ${among.where(original)} (${similarity.toFixed(2)})`,
    );
  const more = found.length > pairs.length ? [`and ${found.length - pairs.length} more`] : [];
  return `${found.length} of ${of.questions.length} questions of ${of.name} are nearly questions of ${among.name}${numbers(found.length, same)}: ${[...pairs, ...more].join(', ')}`;
}

function numbers(found: number, same: number): string {
  if (same === 0) return ' with other numbers';
  return same === found
    ? ' with the same numbers'
    : `, ${found - same} with other numbers and ${same} with the same`;
}

/** A data set that is compared with the imported ones. */
export interface Compared {
  /** Imported sets of this name are not compared with. */
  name: string;
  examples: readonly Example[];
}

/**
 * Compares a data set with every other that is imported: GSMHard, for instance, is GSM8K's test questions with other numbers. A warning for each
 * that has some of its questions.
 */
export async function compareWithImported(store: DatasetStore, self: Compared): Promise<string[]> {
  const warnings: string[] = [];
  for (const { name } of await store.list()) {
    if (name === self.name) continue;
    const { examples } = await store.open(name);
    const warning = nearDuplicateWarning(sideOf(self.name, self.examples), sideOf(name, examples));
    if (warning !== undefined) warnings.push(`${warning}. Do not train on one and report on the other.`);
  }
  return warnings;
}

/**
 * What a run must not train on, when it is to be reported on other imported data sets, and what it must not be tested on: its train questions among
 * the test splits of others, its test questions among the train splits of others.
 */
export async function compareRun(
  store: DatasetStore,
  name: string,
  { train, test }: { train: readonly Example[]; test: readonly Example[] },
): Promise<string[]> {
  const warnings: string[] = [];
  const compare = (own: Side, other: Side, advice: string): void => {
    const warning = nearDuplicateWarning(own, other);
    if (warning !== undefined) warnings.push(`${warning}. ${advice}`);
  };
  for (const manifest of await store.list()) {
    if (manifest.name === name || (manifest.counts.test ?? 0) + (manifest.counts.train ?? 0) === 0) continue;
    const { examples } = await store.open(manifest.name);
    const of = (split: string): Side =>
      sideOf(
        `the ${split} split of ${manifest.name}`,
        examples.filter((example) => example.split === split),
      );
    compare(
      sideOf("this run's train split", train),
      of('test'),
      `Do not report what it learns on ${manifest.name}.`,
    );
    compare(
      sideOf("this run's test split", test),
      of('train'),
      `Do not start it from what was trained on ${manifest.name}.`,
    );
  }
  return warnings;
}

function sideOf(name: string, examples: readonly Example[]): Side {
  return {
    name,
    questions: examples.map(({ question }) => question),
    where: (position) => examples[position]?.id ?? '',
  };
}
