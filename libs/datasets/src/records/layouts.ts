import type { Example, RunConfig } from '@trprompt/core';
import { lastBoxed } from './boxed.js';
import { isAbsent, memberOf } from './member.js';
import type { RecordReader } from './record.js';

/** Names of members, as in the configuration's data.file. */
export type FieldMapping = Pick<
  RunConfig['data']['file'],
  'question' | 'answer' | 'id' | 'split' | 'level' | 'subject'
>;

/** The members that are looked for when nobody says otherwise. */
export const defaultMapping: FieldMapping = {
  question: 'question',
  answer: 'answer',
  id: 'id',
  split: 'split',
  level: 'level',
  subject: 'subject',
};

/** What the records of a file look like. */
export const recordLayouts = ['fields', 'gsm8k', 'gsmhard', 'math'] as const;
export type RecordLayout = (typeof recordLayouts)[number];

/** What a record says; no id: its content is to identify it. */
export type RecordExample = Omit<Example, 'id'> & { id?: string };

/** How a mapping is changed, for messages. */
export type SettingName = (field: keyof FieldMapping) => string;

interface LayoutOptions {
  mapping: FieldMapping;
  setting: SettingName;
  /** Whether examples may have no answer: a judge compares. */
  answerOptional: boolean;
}

/** Reads one record of a layout; what is wrong is gathered in the reader. */
export const layouts: Record<RecordLayout, (record: RecordReader, options: LayoutOptions) => RecordExample> =
  {
    fields: (record, { mapping, setting, answerOptional }) => ({
      question: record.text(mapping.question, setting('question')),
      answer: answerOptional
        ? (record.optional(mapping.answer) ?? '')
        : record.textOrNumber(mapping.answer, setting('answer')),
      ...common(record, mapping, setting),
    }),

    /** GSM8K: the gold answer follows "####" in `answer`; each calculation is marked <<48/2=24>>. */
    gsm8k: (record, { mapping, setting }) => {
      const solution = record.text('answer', setting('answer'));
      const at = solution.lastIndexOf('####');
      const answer = at === -1 ? '' : solution.slice(at + 4).trim();
      if (solution !== '' && at === -1)
        record.messages.push('answer: has no "####" with the gold answer after it');
      else if (solution !== '' && answer === '')
        record.messages.push('answer: has nothing after its last "####"');
      return {
        question: record.text('question', setting('question')),
        answer,
        ...common(record, mapping, setting),
        steps: solution.split('<<').length - 1,
      };
    },

    /** GSMHard: `input` and `target`; `code`, which computes the target, is left alone. */
    gsmhard: (record, { mapping, setting }) => ({
      question: record.text('input', setting('question')),
      answer: record.textOrNumber('target', setting('answer')),
      ...common(record, mapping, setting),
    }),

    /** MATH: the gold answer is the last box of `solution`, else `answer`; the subject is `subject` or, as published, `type`. */
    math: (record, { mapping, setting }) => {
      const given = record.optional('answer');
      const solution =
        given === undefined ? record.text('solution', setting('answer')) : record.optional('solution');
      const answer = (solution === undefined ? undefined : lastBoxed(solution)) ?? given ?? '';
      if (answer.trim() === '' && !isAbsent(solution))
        record.messages.push('solution: has no \\boxed{} with the gold answer in it');
      const level = record.optional('level');
      const known = level === undefined ? undefined : /^(?:Level )?(\d)$/.exec(level)?.[1];
      const subject = record.optional('subject') ?? record.optional('type');
      const id = record.optional('id') ?? record.optional('unique_id')?.replace(/\.json$/, '');
      const split = record.split(mapping.split);
      return {
        ...(id === undefined ? {} : { id }),
        question: record.text('problem', setting('question')),
        answer: answer.trim(),
        ...(split === undefined ? {} : { split }),
        ...(known === undefined ? {} : { level: Number(known) }),
        ...(subject === undefined ? {} : { subject }),
      };
    },
  };

function common(record: RecordReader, mapping: FieldMapping, setting: SettingName) {
  const id = record.optional(mapping.id);
  const split = record.split(mapping.split);
  const level = record.level(mapping.level, setting('level'));
  const subject = record.optional(mapping.subject);
  return {
    ...(id === undefined ? {} : { id }),
    ...(split === undefined ? {} : { split }),
    ...(level === undefined ? {} : { level }),
    ...(subject === undefined ? {} : { subject }),
  };
}

/** The layout that a record's members tell; `fields` unless they are those of a known one and no member was named otherwise. */
export function layoutOf(fields: Record<string, unknown>, mapping: FieldMapping): RecordLayout {
  const has = (name: string): boolean => memberOf(fields, name) !== undefined;
  if (mapping.question !== defaultMapping.question || mapping.answer !== defaultMapping.answer)
    return 'fields';
  if (has('question')) {
    const { answer } = fields;
    return typeof answer === 'string' && /\n#### /.test(answer) ? 'gsm8k' : 'fields';
  }
  if (has('input') && has('target')) return 'gsmhard';
  return has('problem') && (has('solution') || has('answer')) ? 'math' : 'fields';
}
