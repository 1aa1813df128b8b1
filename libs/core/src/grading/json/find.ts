import { parseJson, readJson, type JsonValue } from './value.js';

/** A JSON value in a text. */
export interface FoundJson {
  value: JsonValue;
  source: string;
}

const fence = /```[^\n`]*\n([\s\S]*?)```/g;
/** Reading begins anew behind every bracket that begins no value, until so many times the length of the text have been read in vain. */
const MOST_PASSES = 1;

/**
 * The JSON of a response: the whole text, or the last fenced block that is JSON, or the last object or list in the text; first what has the
 * type of the gold answer. Undefined: there is none. Linear time.
 */
export function findJson(text: string, type: JsonValue['type']): FoundJson | undefined {
  const whole = parsed(text);
  if (whole !== undefined) return whole;
  const fenced = [...text.matchAll(fence)].flatMap(([, block = '']) => parsed(block) ?? []);
  return lastOf(fenced, type) ?? lastOf(containers(text), type);
}

function lastOf(found: readonly FoundJson[], type: JsonValue['type']): FoundJson | undefined {
  return found.findLast(({ value }) => value.type === type) ?? found.at(-1);
}

function parsed(text: string): FoundJson | undefined {
  const read = parseJson(text);
  return read.ok ? { value: read.value, source: text.trim() } : undefined;
}

/** Every object and list that is not inside of another, in order; of many the last of each type are enough. */
function containers(text: string): FoundJson[] {
  const found = new Map<string, FoundJson>();
  let left = MOST_PASSES * text.length;
  const opening = /[{[]/g;
  for (let match = opening.exec(text); match !== null; match = opening.exec(text)) {
    const start = match.index;
    const read = readJson(text, start);
    if (read.ok) {
      // The later one comes later in the map too.
      found.delete(read.value.type);
      found.set(read.value.type, { value: read.value, source: text.slice(start, read.end) });
      opening.lastIndex = read.end;
    } else {
      left -= read.end - start;
      if (left < 0) opening.lastIndex = Math.max(read.end, start + 1);
    }
  }
  return [...found.values()];
}
