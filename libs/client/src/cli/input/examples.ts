import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { exampleSplits, type RunConfig, validateExamples } from '@trprompt/core';
import type { RunExample } from '../../sdk/client.js';
import { CliError } from '../errors.js';

const mostExamples = 100_000;
const mostShown = 50;

/** One thing that is wrong with a data file. */
export interface LineProblem {
  /** 1-based. */
  line: number;
  message: string;
}

/** The settings that say how a data file is read and checked. */
export type FileSettings = RunConfig['data']['file'] & { grading: RunConfig['grading'] };

/**
 * Reads the examples of `data.file` (JSON Lines) and checks them as the mesh will.
 *
 * @param folder where a relative path starts
 * @throws CliError listing every problem with its line
 */
export async function loadExamples(settings: FileSettings, folder: string): Promise<RunExample[]> {
  const path = resolve(folder, settings.path);
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    throw new CliError(
      code === 'ENOENT'
        ? `data.file.path: there is no file ${path}: put it there, or name another with --set data.file.path=...`
        : `data.file.path: ${path} cannot be read: ${message}.`,
    );
  }
  const { examples, problems } = parseExamples(text, settings);
  if (problems.length > 0) {
    const shown = problems.slice(0, mostShown).map(({ line, message }) => `  line ${line}: ${message}`);
    if (problems.length > mostShown) shown.push(`  and ${problems.length - mostShown} more`);
    throw new CliError(
      `${path} has ${problems.length} problem${problems.length === 1 ? '' : 's'}; nothing was started.\n${shown.join('\n')}`,
    );
  }
  if (examples.length === 0) throw new CliError(`${path} has no examples: write one JSON object per line.`);
  if (examples.length > mostExamples) {
    throw new CliError(`${path} has ${examples.length} examples: at most ${mostExamples} can be used.`);
  }
  return examples;
}

/** Examples of a JSON Lines text with every problem, in the order of the lines. Empty lines are passed over. */
export function parseExamples(
  text: string,
  settings: Omit<FileSettings, 'path'>,
): { examples: RunExample[]; problems: LineProblem[] } {
  const examples: RunExample[] = [];
  const lineOf: number[] = [];
  const problems: LineProblem[] = [];
  for (const [index, content] of text
    .replace(/^\ufeff/, '')
    .split(/\r?\n/)
    .entries()) {
    if (content.trim() === '') continue;
    const { example, messages } = parseLine(content, settings);
    problems.push(...messages.map((message) => ({ line: index + 1, message })));
    if (messages.length > 0) continue;
    examples.push(example);
    lineOf.push(index + 1);
  }
  problems.push(...contentProblems(examples, lineOf, settings.grading));
  return { examples, problems: problems.sort((a, b) => a.line - b.line) };
}

/** What core finds in examples that are well-formed, told by line instead of by position. */
function contentProblems(
  examples: readonly RunExample[],
  lineOf: readonly number[],
  grading: FileSettings['grading'],
): LineProblem[] {
  if (examples.length === 0) return [];
  const identified = examples.map((example, index) => ({ ...example, id: example.id ?? String(index + 1) }));
  const line = (position: string): number => lineOf[Number(position)] ?? 0;
  return validateExamples(identified, grading).map(({ path, message }) => {
    const [, position = '', field = ''] = /^examples\[(\d+)\]\.?(.*)$/.exec(path) ?? [];
    const text = message.replaceAll(/examples\[(\d+)\]/g, (_, other: string) => `line ${line(other)}`);
    return { line: line(position), message: field === '' ? text : `${field}: ${text}` };
  });
}

function parseLine(
  content: string,
  fields: { question: string; answer: string },
): { example: RunExample; messages: string[] } {
  const example: RunExample = { question: '', answer: '' };
  let parsed: unknown;
  try {
    parsed = JSON.parse(content);
  } catch (error) {
    return { example, messages: [`no valid JSON: ${(error as Error).message}`] };
  }
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) {
    return { example, messages: ['no JSON object: write {"question": "...", "answer": "..."}'] };
  }
  const record = parsed as Record<string, unknown>;
  const messages: string[] = [];
  const text = (name: string, setting: string): string => {
    const value = Object.hasOwn(record, name) ? record[name] : undefined;
    if (typeof value === 'number') return String(value);
    if (typeof value === 'string' && value.trim() !== '') return value;
    const found = Object.keys(record).slice(0, 8).join(', ') || 'none';
    messages.push(
      value === undefined
        ? `${name}: is missing; the line has: ${found}. data.file.${setting} names the member`
        : `${name}: is ${value === '' ? 'empty' : (JSON.stringify(value)?.slice(0, 60) ?? 'nothing')}; a text or a number is needed`,
    );
    return '';
  };
  example.question = text(fields.question, 'question');
  example.answer = text(fields.answer, 'answer');
  if (record.id !== undefined && record.id !== '') {
    if (typeof record.id === 'string' || typeof record.id === 'number') example.id = String(record.id);
    else messages.push('id: must be a text or a number');
  }
  if (record.split !== undefined && record.split !== '') {
    const split = exampleSplits.find((name) => name === record.split);
    if (split === undefined)
      messages.push(
        `split: is ${JSON.stringify(record.split)?.slice(0, 60)}; allowed: ${exampleSplits.join(', ')}`,
      );
    else example.split = split;
  }
  return { example, messages };
}
