import {
  gradingSettings,
  noAmounts,
  parseTemplate,
  sha256Hex,
  type RolePrice,
  type TextgradTemplate,
} from '@trprompt/core';
import { noUsage, type Usage } from '@trprompt/llm';
import { CallFailure } from '../ports/call-failure.js';
import { Editor } from '../ports/editor.js';
import { PromptWriter, type PromptSettings, type WritePrompt } from '../ports/prompt-writer.js';
import { TargetAnswerer, type AnswerQuestion } from '../ports/target-answerer.js';
import { CandidateScorer } from '../search/candidate-scorer.js';
import type { CallsLost, CostedEvent, SearchRequest, SearchStopped } from '../search/search-request.js';
import { Textgrad } from '../textgrad.service.js';

/** The usage of one call. */
export const one: Usage = { ...noUsage(), calls: 1 };
/** Retries without waiting. */
export const quick = { attempts: 3, baseMs: 0, capMs: 0, maxRetryAfterMs: 0 };
export const never: AbortSignal = new AbortController().signal;

/** Counts every call; texts depend on the call alone. A longer reward text makes more questions right. */
export class World {
  prompts: { reward: string; itemId: string; seed: number }[] = [];
  answers: string[] = [];
  edits = 0;
  critiques: Parameters<Editor['critique']>[0][] = [];
  failPrompt: (itemId: string) => CallFailure | undefined = () => undefined;
  editorOutput = (step: number): string => `<reward>${'x'.repeat([2, 5, 3, 9][step] ?? 1)}</reward>`;

  readonly writer = new (class extends PromptWriter {
    constructor(readonly world: World) {
      super();
    }
    override under(reward: string, _settings: PromptSettings): WritePrompt {
      return async ({ itemId, seed }) => {
        await new Promise((resolve) => setImmediate(resolve));
        this.world.prompts.push({ reward, itemId, seed });
        const failure = this.world.failPrompt(itemId);
        if (failure) throw failure;
        return { text: `${reward}|${itemId}|${seed}`, usage: one };
      };
    }
  })(this);

  readonly answerer = new (class extends TargetAnswerer {
    constructor(readonly world: World) {
      super();
    }
    override using(): AnswerQuestion {
      return async ({ itemId, prompt }) => {
        this.world.answers.push(prompt);
        const reward = prompt.split('|')[0] ?? '';
        const right = Number.parseInt(sha256Hex(itemId).slice(0, 4), 16) % 8 < reward.length;
        return { text: right ? 'The answer is 42.' : 'The answer is 7.', usage: one, finish: 'stop' };
      };
    }
  })(this);

  readonly editor = new (class extends Editor {
    constructor(readonly world: World) {
      super();
    }
    override async critique(input: Parameters<Editor['critique']>[0]) {
      this.world.critiques.push(input);
      return { text: `critique of ${input.reward}`, usage: one };
    }
    override async edit(input: Parameters<Editor['edit']>[0]) {
      this.world.edits++;
      const step = input.seed % 4;
      return { text: this.world.editorOutput(step), cutOff: false, usage: one };
    }
  })(this);

  search(): Textgrad {
    return new Textgrad(
      new CandidateScorer(this.writer, this.answerer, undefined, quick, () => 0),
      this.editor,
    );
  }
}

export const free: RolePrice = { prompt: 0, cachedPrompt: 0, completion: 0, call: 0 };
const decoding = { temperature: 0, topP: 1, maxTokens: 16, stop: [] };
const template = parseTemplate(
  {
    id: 'textgrad/v1',
    kind: 'textgrad',
    description: 'test',
    critique: '{{reward}} {{failures}} {{successes}}',
    edit: '{{reward}} {{critique}} <reward></reward>',
  },
  'test',
) as TextgradTemplate;

const deadlineAt = Infinity;
export const request: SearchRequest = {
  idempotencyKey: '',
  seed: 3,
  initialReward: 'x',
  validation: ['a', 'b', 'c', 'd', 'e', 'f'].map((itemId) => ({
    itemId,
    question: `question ${itemId}`,
    gold: '42',
  })),
  rollouts: [],
  prompt: { runId: '', template: '', adapter: undefined, model: '', decoding, deadlineAt },
  target: {
    runId: '',
    template: '',
    placement: undefined,
    system: '',
    role: '',
    model: '',
    decoding,
    deadlineAt,
  },
  grading: gradingSettings({ kind: 'number' }),
  editor: { template, model: 'editor', decoding, idempotencyKey: '', deadlineAt },
  steps: 4,
  minibatch: 2,
  maxRewardLength: 100,
  concurrency: 3,
  history: [],
  budget: { limits: noAmounts(), prices: { promptModel: free, target: free, judge: free, editor: free } },
};

export type Streamed = CostedEvent | SearchStopped | CallsLost;

/** The events of a stream that belong to its history. */
export async function collect(stream: AsyncIterable<Streamed>): Promise<CostedEvent[]> {
  const events: CostedEvent[] = [];
  for await (const event of stream) if (event.type !== 'stopped' && event.type !== 'lost') events.push(event);
  return events;
}

/** Events in an order that does not depend on when they came. */
export const keyed = (events: readonly CostedEvent[]): string[] =>
  events.map((event) => JSON.stringify(event)).toSorted();
