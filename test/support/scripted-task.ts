/** Questions with answers, without any model: enough for the scripted endpoint's small world. */
export interface ScriptedTask {
  examples: { exampleId: string; question: string; answer: string; split: string }[];
  /** Gold answers by question, for the scripted target model. */
  golds: Map<string, string>;
}

/** `count` distinct questions, the last two fifths of them for validation and test in equal parts. */
export function scriptedTask(count: number): ScriptedTask {
  const examples = Array.from({ length: count }, (_, index) => ({
    exampleId: `q${String(index).padStart(4, '0')}`,
    question: `Box ${index} holds ${index + 3} pens and gets ${index * 2 + 1} more. How many pens does it hold?`,
    answer: String(index * 3 + 4),
    split: index % 5 === 3 ? 'validation' : index % 5 === 4 ? 'test' : 'train',
  }));
  return { examples, golds: new Map(examples.map(({ question, answer }) => [question, answer])) };
}

/** Settings of a run of seconds over a scripted task: one iteration without training. */
export const smallRun = {
  data: { source: 'inline' },
  iterations: 1,
  rollout: { questions: 10, concurrency: 4 },
  critic: { mode: 'verifier' },
  train: { enabled: false },
  search: { steps: 1, initialReward: 'The prompt was not helpful.' },
};
