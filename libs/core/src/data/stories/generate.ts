import { createRandom, deriveSeed, type Random, sha256Hex } from '../../seeds/index.js';
import { DataError, type Example } from '../example.js';
import { level1 } from './level1.js';
import { level2 } from './level2.js';
import { level3 } from './level3.js';
import { distractors as distractorSentences, fruits, names, pastries, things } from './pools.js';
import type { Numbers, StoryTemplate } from './template.js';

/** What to generate. */
export interface StorySettings {
  /** Examples, at least 0. */
  count: number;
  seed: number;
  /** Calculation steps, each 1 to 3; examples take turns. */
  levels: readonly number[];
  /** Probability, 0 to 1, of a sentence with an irrelevant number. */
  distractors: number;
  /** Largest number in a story, at least 9; default: as large as the story allows (up to 999). */
  largest?: number;
}

const templates: Readonly<Record<number, readonly StoryTemplate[]>> = { 1: level1, 2: level2, 3: level3 };
const mostAttempts = 1000;
const leastLargest = 9;
const mostNumber = 999;

/**
 * Arithmetic word problems with whole, non-negative answers, all questions different. The i-th example depends on the seed and on
 * the examples before it, so a larger count only adds examples. Ids name level and text: the same story has the same id in
 * every data set.
 *
 * @throws DataError for levels or probabilities out of range, or when no new story can be found
 */
export function generateArithmeticStories(settings: StorySettings): Example[] {
  check(settings);
  const { count, seed, levels, distractors, largest = mostNumber } = settings;
  const examples: Example[] = [];
  const seen = new Set<string>();
  for (let i = 0; i < count; i++) {
    const level = levels[i % levels.length] ?? 1;
    const random = createRandom(deriveSeed(seed, 'arithmetic-stories', i));
    const { question, answer } = newStory(random, templates[level] ?? [], { distractors, largest }, seen);
    seen.add(question);
    examples.push({
      id: `story-${level}-${sha256Hex(question).slice(0, 16)}`,
      question,
      answer: String(answer),
      level,
    });
  }
  return examples;
}

type StoryLimits = Required<Pick<StorySettings, 'distractors' | 'largest'>>;

interface Story {
  question: string;
  answer: number;
}

function newStory(
  random: Random,
  pool: readonly StoryTemplate[],
  limits: StoryLimits,
  seen: ReadonlySet<string>,
): Story {
  for (let attempt = 0; attempt < mostAttempts; attempt++) {
    const story = tell(random, pick(random, pool), limits);
    if (story !== undefined && !seen.has(story.question)) return story;
  }
  throw new DataError([
    {
      path: 'data.generated.count',
      message: `is more than the generator has different stories for: ${seen.size} were found`,
    },
  ]);
}

function tell(
  random: Random,
  template: StoryTemplate,
  { distractors, largest }: StoryLimits,
): Story | undefined {
  const [name = '', friend = ''] = random.sample(names, 2);
  const numbers = draw(random, template, largest);
  const nouns = {
    things: pick(random, things),
    pastries: pick(random, pastries),
    fruits: pick(random, fruits),
  };
  const extra = random.next() < distractors ? pick(random, distractorSentences) : undefined;
  const irrelevant = 2 + random.int(Math.min(28, largest - 1));
  const place = random.int(template.facts.length) + 1;
  const answer = template.answer(numbers);
  if (!Number.isSafeInteger(answer) || answer < 0) return undefined;
  const sentences = [...template.facts];
  if (extra !== undefined) sentences.splice(place, 0, extra);
  const values: Record<string, string> = {
    ...Object.fromEntries(Object.entries(numbers).map(([key, value]) => [key, String(value)])),
    name,
    friend,
    ...nouns,
    n: String(irrelevant),
  };
  const question = [...sentences, template.ask]
    .join(' ')
    .replaceAll(/\{(\w+)\}/g, (_, key: string) => values[key] ?? '');
  return { question, answer };
}

function draw(random: Random, { ranges }: StoryTemplate, largest: number): Numbers {
  const one = (key: keyof Numbers): number => {
    const [lowest, highest] = ranges[key] ?? [0, 0];
    const high = Math.min(highest, largest);
    const low = Math.min(lowest, high);
    return low + random.int(high - low + 1);
  };
  return { a: one('a'), b: one('b'), c: one('c'), d: one('d') };
}

function pick<T>(random: Random, items: readonly T[]): T {
  return items[random.int(items.length)] as T;
}

function check({ count, levels, distractors, largest = mostNumber }: StorySettings): void {
  const problems = [];
  if (!Number.isInteger(count) || count < 0) {
    problems.push({
      path: 'data.generated.count',
      message: `is ${count}: it must be an integer of at least 0`,
    });
  }
  if (levels.length === 0)
    problems.push({ path: 'data.generated.levels', message: 'is empty: name at least one of 1, 2, 3' });
  for (const level of levels) {
    if (templates[level] === undefined) {
      problems.push({ path: 'data.generated.levels', message: `has ${level}: allowed are 1, 2, 3` });
    }
  }
  if (!(distractors >= 0 && distractors <= 1)) {
    problems.push({ path: 'data.generated.distractors', message: `is ${distractors}: it must be 0 to 1` });
  }
  if (!Number.isInteger(largest) || largest < leastLargest) {
    problems.push({
      path: 'data.generated.largest',
      message: `is ${largest}: it must be an integer of at least ${leastLargest}`,
    });
  }
  if (problems.length > 0) throw new DataError(problems);
}
