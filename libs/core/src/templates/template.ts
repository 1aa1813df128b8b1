import { z } from 'zod';
import { placeholders, TemplateError } from './render.js';

/** Where the prompt stands relative to the question. */
export type Placement = 'append' | 'prepend' | 'system';

const idSchema = z.string().regex(/^[a-z0-9-]{1,64}\/v[1-9][0-9]{0,3}$/, 'must look like "prompt-model/v1"');
const head = { id: idSchema, description: z.string().min(1).max(2000) };

/** A text that may use the named placeholders, and must use those that are required. */
function text(required: readonly string[], optional: readonly string[] = []) {
  return z
    .string()
    .max(20_000)
    .superRefine((value, context) => {
      const used = placeholders(value);
      const allowed = [...required, ...optional];
      const issue = (message: string) => context.addIssue({ code: 'custom', message });
      for (const name of required) if (!used.includes(name)) issue(`must use {{${name}}}`);
      for (const name of used) {
        if (!allowed.includes(name))
          issue(`uses {{${name}}}: allowed are ${allowed.map((n) => `{{${n}}}`).join(', ')}`);
      }
    });
}

const plain = z
  .string()
  .max(20_000)
  .refine((value) => placeholders(value).length === 0, 'takes no placeholders: move them to the user text');

const schemas = {
  'prompt-model': z.strictObject({
    ...head,
    kind: z.literal('prompt-model'),
    system: plain,
    user: text(['reward', 'question']).refine(
      (value) => value.search(/\{\{\s*reward/) < value.search(/\{\{\s*question/),
      'must use {{reward}} before {{question}}: what all calls of an iteration share comes first, for the prefix cache',
    ),
  }),
  'target-llm': z.strictObject({
    ...head,
    kind: z.literal('target-llm'),
    system: plain,
    separator: z.string().max(200),
    placement: z.enum(['append', 'prepend', 'system']),
  }),
  critic: z.strictObject({
    ...head,
    kind: z.literal('critic'),
    system: plain,
    user: text(['question', 'prompt', 'answer'], ['gold', 'facts']),
  }),
  judge: z.strictObject({
    ...head,
    kind: z.literal('judge'),
    system: plain,
    criteria: plain.min(1),
    user: text(['question', 'a', 'b'], ['criteria', 'boundary']),
    strict: plain.min(1),
  }),
  textgrad: z.strictObject({
    ...head,
    kind: z.literal('textgrad'),
    critique: text(['reward', 'failures', 'successes']),
    edit: text(['reward', 'critique']).refine(
      (value) => value.includes('<reward>') && value.includes('</reward>'),
      'must ask for the new text between <reward> and </reward>',
    ),
  }),
} as const;

/** What a template is for; its other fields depend on it. */
export type TemplateKind = keyof typeof schemas;
/** Templates of one kind. */
export type TemplateOf<K extends TemplateKind> = z.output<(typeof schemas)[K]>;
/** Turns (question, reward) into the prompt model's input, in serving and in training. */
export type PromptModelTemplate = TemplateOf<'prompt-model'>;
/** Joins question and prompt for the target model. */
export type TargetTemplate = TemplateOf<'target-llm'>;
/** Asks a language model for a textual reward. */
export type CriticTemplate = TemplateOf<'critic'>;
/** Asks a judge which of two answers is better; `criteria` are its own when none are given, `strict` is added when no verdict could be read. */
export type JudgeTemplate = TemplateOf<'judge'>;
/** Asks the editor for a critique of the reward text, then for a new one. */
export type TextgradTemplate = TemplateOf<'textgrad'>;
/** Any template, told apart by `kind`. */
export type Template =
  PromptModelTemplate | TargetTemplate | CriticTemplate | JudgeTemplate | TextgradTemplate;

/** Ids of the templates that are used when nothing else is asked for. */
export const defaultTemplates = {
  promptModel: 'prompt-model/v1',
  target: 'target-llm/v1',
  critic: { llm: 'critic/v1', hybrid: 'critic-hybrid/v1', judged: 'critic-judge/v1' },
  judge: 'judge/v1',
  textgrad: 'textgrad/v1',
} as const;

/**
 * Checks a template as parsed from YAML or JSON.
 *
 * @param source where it comes from (a file name), for the message
 * @throws TemplateError listing every problem with its field
 */
export function parseTemplate(input: unknown, source: string): Template {
  const kinds = Object.keys(schemas) as TemplateKind[];
  const kind = z.object({ kind: z.enum(kinds) }).safeParse(input);
  if (!kind.success) throw new TemplateError(`${source}: kind must be one of ${kinds.join(', ')}`);
  const result = schemas[kind.data.kind].safeParse(input);
  if (result.success) return result.data;
  const problems = result.error.issues.map(
    (issue) => `${issue.path.join('.') || 'template'}: ${issue.message}`,
  );
  throw new TemplateError(`${source}: ${problems.join('; ')}`);
}
