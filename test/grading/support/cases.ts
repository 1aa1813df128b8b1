import { readdirSync, readFileSync } from 'node:fs';
import type { Kind } from './grade.js';

/** A gold answer with notations that are right and answers that are wrong; one line of a case file. */
interface Group {
  kind: Kind;
  form: 'answer' | 'response';
  /** What is varied: fraction, interval, the style of a response. */
  shape: string;
  gold: string;
  /** No expert would call these wrong. */
  right?: string[];
  /** No expert would call these right. */
  wrong?: string[];
  /** Experts would disagree; we lean towards right. */
  arguablyRight?: string[];
  /** Experts would disagree; we lean towards wrong. */
  arguablyWrong?: string[];
}

/** One answer or response with the verdict that it should get. */
export interface Case extends Pick<Group, 'kind' | 'form' | 'shape' | 'gold'> {
  text: string;
  correct: boolean;
  /** Whether experts would agree on the verdict. */
  firm: boolean;
}

/** Beside the sources, also when this file is built. */
const folder = new URL(
  import.meta.url.includes('/dist/') ? '../../../grading/cases/' : '../cases/',
  import.meta.url,
);

/** Every case of every file in test/grading/cases. */
export function readCases(): Case[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith('.jsonl'))
    .sort()
    .flatMap((name) => readFileSync(new URL(name, folder), 'utf8').trim().split('\n'))
    .flatMap((line) => casesOf(JSON.parse(line) as Group));
}

function casesOf({ right, wrong, arguablyRight, arguablyWrong, ...group }: Group): Case[] {
  const of = (texts: string[] | undefined, correct: boolean, firm: boolean) =>
    (texts ?? []).map((text) => ({ ...group, text, correct, firm }));
  return [
    ...of(right, true, true),
    ...of(wrong, false, true),
    ...of(arguablyRight, true, false),
    ...of(arguablyWrong, false, false),
  ];
}
