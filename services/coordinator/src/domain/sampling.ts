import {
  canonicalJson,
  createRandom,
  deriveSeed,
  evaluationSeeds,
  expertPrompts,
  sha256Hex,
} from '@trprompt/core';
import type { Policy, RunRecord } from './model.js';
import type { QuestionTask } from './question-pipeline.js';
import type { StoredExample } from './run-store.js';

/** Questions to be scored under a policy, or under a fixed prompt (`given`). */
export function evaluationTasks(
  run: RunRecord,
  examples: readonly StoredExample[],
  policy: Policy,
  options: { prefix?: string; given?: string } = {},
): QuestionTask[] {
  const { promptModel, target, grading } = run.config;
  const { prefix = '', given } = options;
  const settings = canonicalJson({
    target,
    grading,
    ...(given === undefined
      ? { promptModel, reward: policy.reward, adapter: policy.adapter?.digest ?? '' }
      : { prompt: given }),
  });
  return examples.map((example) => {
    const seeds = evaluationSeeds(run.config.seed, example.id);
    return {
      itemId: `${prefix}${example.id}`,
      inputHash: sha256Hex(`${settings}\n${JSON.stringify([example.question, example.answer, seeds])}`),
      question: example.question,
      gold: example.answer,
      ...(given === undefined ? {} : { given: { prompt: given, source: 'none' as const } }),
      seeds: { ...seeds, critique: 0 },
    };
  });
}

/**
 * The questions of one rollout: drawn from the train split without repetition as long as it lasts, then from a fresh shuffle of it. In the first
 * `exploration.iterations` iterations a seeded share of them gets a prompt from the pool of expert prompts.
 */
export function rolloutTasks(
  run: RunRecord,
  train: readonly StoredExample[],
  iteration: number,
  policy: Policy,
): QuestionTask[] {
  const { seed, rollout, promptModel, target, critic, grading } = run.config;
  const random = createRandom(deriveSeed(seed, iteration, 'rollout'));
  const drawn = drawQuestions(rollout.questions, () => random.shuffle(train));
  const exploring = iteration <= rollout.exploration.iterations ? rollout.exploration.share : 0;
  const pool = rollout.exploration.prompts.length > 0 ? rollout.exploration.prompts : expertPrompts;
  const explored = new Set(random.sample(drawn, Math.round(exploring * drawn.length)));
  const { adapter, reward } = policy;
  const settings = canonicalJson({
    promptModel,
    target,
    critic,
    grading,
    reward,
    adapter: adapter?.digest ?? '',
  });
  return drawn.map((item) => {
    const { itemId, example } = item;
    const prompt = explored.has(item) ? pool[random.int(pool.length)] : undefined;
    const seeds = {
      prompt: deriveSeed(seed, iteration, 'rollout', itemId, 'prompt'),
      answer: deriveSeed(seed, iteration, 'rollout', itemId, 'answer'),
      critique: deriveSeed(seed, iteration, 'rollout', itemId, 'critique'),
    };
    const input = JSON.stringify([example.question, example.answer, prompt ?? null, seeds.prompt]);
    return {
      itemId,
      inputHash: sha256Hex(`${settings}\n${input}`),
      question: example.question,
      gold: example.answer,
      ...(prompt === undefined ? {} : { given: { prompt, source: 'pool' as const } }),
      seeds,
    };
  });
}

interface DrawnQuestion {
  itemId: string;
  example: StoredExample;
}

function drawQuestions(count: number, shuffle: () => StoredExample[]): DrawnQuestion[] {
  const drawn: DrawnQuestion[] = [];
  for (let round = 1; drawn.length < count; round += 1) {
    for (const example of shuffle().slice(0, count - drawn.length))
      drawn.push({ itemId: round === 1 ? example.id : `${example.id}#${round}`, example });
  }
  return drawn;
}

/** A seeded choice of `count` examples in the order of the data set; 0 is all of them. */
export function chooseExamples(
  examples: readonly StoredExample[],
  count: number,
  seed: number,
): StoredExample[] {
  if (count === 0 || count >= examples.length) return [...examples];
  const chosen = new Set(createRandom(seed).sample(examples, count));
  return examples.filter((example) => chosen.has(example));
}
