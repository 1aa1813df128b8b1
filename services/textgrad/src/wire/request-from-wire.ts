import {
  defaultTemplates,
  gradingSettings,
  graderKinds,
  type Amounts,
  type GraderKind,
  type GradingSettings,
  type Placement,
  type RolePrice,
} from '@trprompt/core';
import {
  checkDecoding,
  checkIdempotencyKey,
  checkItems,
  checkSeed,
  checkText,
  type TemplateBook,
} from '@trprompt/llm';
import type { Grader as WireGrader } from '@trprompt/proto/grading/v1/grading';
import { Placement as WirePlacement } from '@trprompt/proto/target_llm/v1/target_llm';
import type {
  Budget,
  OptimizeRequest,
  PromptSettings,
  TargetSettings,
} from '@trprompt/proto/textgrad/v1/textgrad';
import { invalidArgument, notFound } from '@trprompt/service';
import type { SearchLimits } from '../search/search-budget.js';
import type { SearchRequest, ValidationQuestion } from '../search/search-request.js';
import { eventFromWire } from './events.js';

const MAX_REWARD = 10_000;
const MAX_QUESTIONS = 100_000;
const MAX_ANSWER = 1_000_000;
/** The keys that a search derives from its own are longer. */
const MAX_KEY = 128;

const placements: ReadonlyMap<WirePlacement, Placement | undefined> = new Map([
  [WirePlacement.PLACEMENT_UNSPECIFIED, undefined],
  [WirePlacement.PLACEMENT_APPEND, 'append'],
  [WirePlacement.PLACEMENT_PREPEND, 'prepend'],
  [WirePlacement.PLACEMENT_SYSTEM, 'system'],
]);

/**
 * The domain's request, every default filled in.
 * @param deadlineAt when the caller gives up, on the clock of performance.now()
 * @throws StatusError INVALID_ARGUMENT that names the field, NOT_FOUND for the template
 */
export function requestFromWire(
  request: OptimizeRequest,
  templates: TemplateBook<'textgrad'>,
  defaultModel: string,
  deadlineAt: number,
): SearchRequest {
  const { runId, seed, initialReward, search, idempotencyKey } = request;
  checkIdempotencyKey('idempotency_key', idempotencyKey, MAX_KEY, invalidArgument);
  checkSeed('seed', seed, invalidArgument);
  checkText('initial_reward', initialReward, invalidArgument, { required: true, max: MAX_REWARD });
  if (search && !['', 'sequential'].includes(search.strategy))
    throw invalidArgument('search.strategy', search.strategy, 'use "sequential"');
  return {
    idempotencyKey,
    seed,
    initialReward,
    validation: validationFromWire(request),
    rollouts: rolloutsFromWire(request),
    prompt: { ...promptFromWire(request.prompt, runId), deadlineAt },
    target: { ...targetFromWire(request.target, runId), deadlineAt },
    grading: gradingFromWire(request.grader),
    editor: {
      template: templates.get(search?.template || defaultTemplates.textgrad, notFound),
      model: search?.model || defaultModel,
      decoding: checkDecoding(search?.decoding, invalidArgument, 'search.decoding'),
      idempotencyKey,
      deadlineAt,
    },
    steps: within('search.steps', search?.steps ?? 0, { min: 1, max: 1000 }),
    minibatch: within('search.minibatch', search?.minibatch || 4, { min: 1, max: 64 }),
    maxRewardLength: within('search.max_reward_length', search?.maxRewardLength || 2000, {
      min: 1,
      max: MAX_REWARD,
    }),
    concurrency: within('search.concurrency', search?.concurrency || 16, { min: 1, max: 1024 }),
    history: request.history
      .filter(({ event }) => event?.$case !== 'lost' && event?.$case !== 'stopped')
      .map((message, index) => eventFromWire(message, `history[${index}]`)),
    budget: budgetFromWire(request.budget),
  };
}

function validationFromWire({ validation, grader }: OptimizeRequest): ValidationQuestion[] {
  if (validation.length < 1 || validation.length > MAX_QUESTIONS)
    throw invalidArgument('validation', `${validation.length} questions`, `send 1 to ${MAX_QUESTIONS}`);
  distinct('validation', validation);
  return validation.map(({ itemId, question, gold }, index) => {
    checkText(`validation[${index}].question`, question, invalidArgument, { required: true });
    // A judge compares with something else than a gold answer.
    checkText(`validation[${index}].gold`, gold, invalidArgument, { required: grader?.kind !== 'judge' });
    return { itemId, question, gold };
  });
}

function rolloutsFromWire({ rollouts }: OptimizeRequest): SearchRequest['rollouts'] {
  if (rollouts.length > MAX_QUESTIONS)
    throw invalidArgument('rollouts', `${rollouts.length} rollouts`, `send at most ${MAX_QUESTIONS}`);
  distinct('rollouts', rollouts);
  return rollouts.map(({ question, prompt, answer, correct }, index) => {
    checkText(`rollouts[${index}].question`, question, invalidArgument);
    checkText(`rollouts[${index}].prompt`, prompt, invalidArgument);
    checkText(`rollouts[${index}].answer`, answer, invalidArgument, { max: MAX_ANSWER });
    return { question, prompt, answer, correct };
  });
}

/** Ids of 1 to 256 characters, unique; as for the batches that are made of them. */
function distinct(field: string, items: readonly { itemId: string }[]): void {
  const seen = new Set<string>();
  for (const [index, { itemId }] of items.entries()) {
    const name = `${field}[${index}].item_id`;
    if (seen.has(itemId)) throw invalidArgument(name, itemId, 'ids are unique; give each its own');
    checkItems([{ itemId, seed: 0 }], (_field, value, fix) => invalidArgument(name, value, fix));
    seen.add(itemId);
  }
}

function promptFromWire(
  settings: PromptSettings | undefined,
  runId: string,
): Omit<SearchRequest['prompt'], 'deadlineAt'> {
  return {
    runId,
    template: settings?.template ?? '',
    adapter: settings?.adapter,
    model: settings?.model ?? '',
    decoding: checkDecoding(settings?.decoding, invalidArgument, 'prompt.decoding'),
  };
}

function targetFromWire(
  settings: TargetSettings | undefined,
  runId: string,
): Omit<SearchRequest['target'], 'deadlineAt'> {
  const placement = settings?.placement ?? WirePlacement.PLACEMENT_UNSPECIFIED;
  if (!placements.has(placement))
    throw invalidArgument(
      'target.placement',
      placement,
      'use append (1), prepend (2) or system (3); 0 is the default',
    );
  return {
    runId,
    template: settings?.template ?? '',
    placement: placements.get(placement),
    system: settings?.system ?? '',
    role: settings?.role ?? '',
    model: settings?.model ?? '',
    decoding: checkDecoding(settings?.decoding, invalidArgument, 'target.decoding'),
  };
}

function gradingFromWire(grader: WireGrader | undefined): GradingSettings {
  const kind = grader?.kind || 'number';
  if (!(graderKinds as readonly string[]).includes(kind))
    throw invalidArgument('grader.kind', kind, `use one of ${graderKinds.join(', ')}`);
  const { settings = '' } = grader ?? {};
  try {
    const given = settings === '' ? {} : (JSON.parse(settings) as object);
    return gradingSettings({ ...given, kind: kind as GraderKind });
  } catch (error) {
    const why = error instanceof Error ? error.message.slice(0, 500) : '';
    throw invalidArgument(
      'grader.settings',
      settings.slice(0, 100),
      `send the section grading of a run as JSON: ${why}`,
    );
  }
}

function within(field: string, value: number, { min, max }: { min: number; max: number }): number {
  if (!Number.isInteger(value) || value < min || value > max)
    throw invalidArgument(field, value, `use a whole number of ${min} to ${max}`);
  return value;
}

function budgetFromWire(budget: Budget | undefined): SearchLimits {
  const amount = (name: keyof Amounts): number => {
    const value = budget?.[name] ?? 0;
    if (!Number.isFinite(value) || value < 0)
      throw invalidArgument(`budget.${name}`, value, 'use a number above 0, or 0 for no limit');
    return value;
  };
  return {
    limits: {
      calls: amount('calls'),
      tokens: amount('tokens'),
      money: amount('money'),
      seconds: amount('seconds'),
    },
    prices: {
      promptModel: budget?.promptPrice ?? free,
      target: budget?.targetPrice ?? free,
      judge: budget?.judgePrice ?? free,
      editor: budget?.editorPrice ?? free,
    },
  };
}

const free: RolePrice = { prompt: 0, cachedPrompt: 0, completion: 0, call: 0 };
