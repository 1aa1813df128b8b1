import type { RunConfig } from '../config/schema.js';
import { createRandom, deriveSeed } from '../seeds/index.js';
import { DataError, type DataProblem, type Example, exampleSplits, type Splits } from './example.js';

type SplitSettings = RunConfig['data']['split'];

/**
 * Divides a data set. Examples with a split of their own keep it; the others are shuffled by the seed and cut by the settings:
 * shares (all values at most 1) of what is left to divide, or counts (as soon as one value is above 1). The order in which
 * examples are given does not matter.
 *
 * @throws DataError listing every problem: ids that repeat, counts beyond the examples there are, an empty train or validation
 *   split, an empty test split although the settings ask for one
 */
export function splitExamples(examples: readonly Example[], settings: SplitSettings, seed: number): Splits {
  const problems = repeatedIds(examples);
  const splits: Splits = { train: [], validation: [], confirmation: [], test: [] };
  const ordered = examples.toSorted((a, b) => (a.id < b.id ? -1 : 1));
  for (const example of ordered) {
    if (example.split !== undefined) splits[example.split].push(example);
  }
  const free = ordered.filter(({ split }) => split === undefined);
  const shuffled = createRandom(deriveSeed(seed, 'split')).shuffle(free);
  let from = 0;
  for (const [i, to] of boundaries(settings, free.length, problems).entries()) {
    const name = exampleSplits[i] as keyof Splits;
    splits[name].push(...shuffled.slice(from, to).map((example) => ({ ...example, split: name })));
    from = to;
  }
  for (const name of exampleSplits) {
    // Data that come divided need no slice to confirm with because a default would cut one.
    const asked = settings[name] > 0 && (name !== 'confirmation' || free.length > 0);
    const needed = name === 'train' || name === 'validation' || asked;
    if (needed && splits[name].length === 0) {
      problems.push({
        path: `data.split.${name}`,
        message: `gives no example out of ${examples.length}: raise it, or give more examples`,
      });
    }
  }
  if (problems.length > 0) throw new DataError(problems);
  return splits;
}

/** Where each split ends in a list of `total` examples. */
function boundaries(settings: SplitSettings, total: number, problems: DataProblem[]): number[] {
  const values = exampleSplits.map((name) => settings[name]);
  const asCounts = values.some((value) => value > 1);
  let sum = 0;
  const ends = values.map((value) => {
    sum += value;
    // Rounded on the running sum, so that the parts add up; the small term keeps 0.1 + 0.2 from falling below a half.
    return asCounts ? sum : Math.min(total, Math.floor(sum * total + 0.5 + 1e-9));
  });
  if (asCounts && sum > total) {
    problems.push({
      path: 'data.split',
      message: `asks for ${sum} examples, but ${total} are there to be divided: lower the counts or give more examples`,
    });
  }
  return ends;
}

function repeatedIds(examples: readonly Example[]): DataProblem[] {
  const seen = new Set<string>();
  return examples.flatMap(({ id }, index) => {
    if (!seen.has(id)) {
      seen.add(id);
      return [];
    }
    return [
      {
        path: `examples[${index}].id`,
        message: `is ${JSON.stringify(id)}, which another example has: make ids unique`,
      },
    ];
  });
}
