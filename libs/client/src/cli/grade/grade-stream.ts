import type { GraderKind } from '@trprompt/core';
import { readCase } from './case.js';
import { notGraded, type CaseGraders, type Graded } from './case-graders.js';
import { linesOf, type Line } from './lines.js';

/** Bytes of the longest line: a text of ten million characters fits, however it is escaped. */
const LONGEST_LINE = 128 * 1024 * 1024;
/** Cases in flight: enough to keep every process busy. */
const MOST_CASES = 512;
/** Characters in flight, so that long texts do not fill the memory. */
const MOST_CHARACTERS = 64 * 1024 * 1024;

/** A graded line and where it stood. */
export interface GradedLine {
  kind: string;
  graded: Graded;
  /** Bytes of the input up to the end of the line. */
  position: number;
}

/**
 * Grades the lines of a stream; the results come in the order of the lines, one for each that is not blank. Memory does not grow with the stream.
 * @param kind of lines that name none
 */
export async function* gradeStream(
  input: AsyncIterable<Buffer | string>,
  graders: CaseGraders,
  kind: GraderKind | undefined,
): AsyncGenerator<GradedLine, void, undefined> {
  const flying: { result: Promise<GradedLine>; characters: number }[] = [];
  let characters = 0;
  for await (const line of linesOf(input, LONGEST_LINE)) {
    if (line.text?.trim() === '') continue;
    const length = line.text?.length ?? 0;
    flying.push({ result: gradeLine(line, graders, kind), characters: length });
    characters += length;
    while (flying.length >= MOST_CASES || (flying.length > 1 && characters > MOST_CHARACTERS)) {
      const first = flying.shift();
      if (!first) break;
      characters -= first.characters;
      yield await first.result;
    }
  }
  for (const { result } of flying) yield await result;
}

async function gradeLine(
  { number, text, position }: Line,
  graders: CaseGraders,
  defaultKind: GraderKind | undefined,
): Promise<GradedLine> {
  if (text === undefined) {
    const error = `is longer than ${LONGEST_LINE} bytes`;
    return { kind: 'unknown', graded: notGraded(null, number, error), position };
  }
  const read = readCase(text, defaultKind, number);
  if ('problem' in read)
    return { kind: 'unknown', graded: notGraded(read.id, number, read.problem), position };
  return { kind: read.kind, graded: await graders.grade(read, number), position };
}
