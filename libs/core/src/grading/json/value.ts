/** A JSON value. Numbers keep their digits, since a double holds only some 16 of them. */
export type JsonValue =
  | { type: 'object'; members: ReadonlyMap<string, JsonValue> }
  | { type: 'array'; items: readonly JsonValue[] }
  | { type: 'string'; value: string }
  | { type: 'number'; source: string }
  | { type: 'literal'; value: 'true' | 'false' | 'null' };

/** Deepest nesting that is read. */
export const DEEPEST = 100;

/** What reading a text as JSON gave: a value, or why it is none. A result and no exception, since texts have many brackets that begin nothing. */
export type JsonRead =
  | { ok: true; value: JsonValue; end: number }
  /** `end` is where reading ended. */
  | { ok: false; problem: string; end: number };

const space = /[ \t\n\r]*/y;
const number = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const escape = /["\\/bfnrt]|u[0-9a-fA-F]{4}/y;
const literal = /true|false|null/y;

/** Reads one JSON value (RFC 8259) that begins at `start`; of members of the same name the last counts. Linear time. */
export function readJson(text: string, start = 0): JsonRead {
  return new Reader(text, start).read();
}

/** Reads a text that is one JSON value and nothing else. */
export function parseJson(text: string): JsonRead {
  return new Reader(text, 0).read(true);
}

class Reader {
  private problem = '';

  constructor(
    private readonly text: string,
    private at: number,
  ) {}

  read(all = false): JsonRead {
    const value = this.value(0);
    if (all && value !== undefined) {
      this.skip();
      if (this.at < this.text.length)
        return { ok: false, problem: 'something follows its end', end: this.at };
    }
    return value === undefined
      ? { ok: false, problem: this.problem, end: this.at }
      : { ok: true, value, end: this.at };
  }

  private value(depth: number): JsonValue | undefined {
    if (depth > DEEPEST) return this.fail(`it is nested deeper than ${DEEPEST} levels`);
    this.skip();
    switch (this.text[this.at]) {
      case '{':
        return this.object(depth);
      case '[':
        return this.array(depth);
      case '"': {
        const value = this.string();
        return value === undefined ? undefined : { type: 'string', value };
      }
      default: {
        const source = this.take(number);
        if (source !== undefined) return { type: 'number', source };
        const word = this.take(literal);
        if (word !== undefined) return { type: 'literal', value: word as 'true' };
        return this.fail(this.at >= this.text.length ? 'it ends too early' : 'a value is expected');
      }
    }
  }

  private object(depth: number): JsonValue | undefined {
    const members = new Map<string, JsonValue>();
    this.at += 1;
    if (this.next('}')) return { type: 'object', members };
    do {
      this.skip();
      if (this.text[this.at] !== '"') return this.fail('the name of a member is expected');
      const name = this.string();
      if (name === undefined) return undefined;
      if (!this.next(':')) return this.fail('":" is expected');
      const value = this.value(depth + 1);
      if (value === undefined) return undefined;
      members.set(name, value);
    } while (this.next(','));
    return this.next('}') ? { type: 'object', members } : this.fail('"," or "}" is expected');
  }

  private array(depth: number): JsonValue | undefined {
    const items: JsonValue[] = [];
    this.at += 1;
    if (this.next(']')) return { type: 'array', items };
    do {
      const value = this.value(depth + 1);
      if (value === undefined) return undefined;
      items.push(value);
    } while (this.next(','));
    return this.next(']') ? { type: 'array', items } : this.fail('"," or "]" is expected');
  }

  private string(): string | undefined {
    const start = this.at;
    this.at += 1;
    for (;;) {
      const character = this.text[this.at];
      if (character === '"') break;
      if (character === undefined || character < ' ')
        return this.fail('a text has no end, or a character that must be escaped');
      this.at += 1;
      if (character === '\\' && this.take(escape) === undefined)
        return this.fail('"\\" is followed by what it cannot escape');
    }
    this.at += 1;
    return JSON.parse(this.text.slice(start, this.at)) as string;
  }

  private skip(): void {
    this.take(space);
  }

  private next(character: string): boolean {
    this.skip();
    if (this.text[this.at] !== character) return false;
    this.at += 1;
    return true;
  }

  private take(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.at;
    const found = pattern.exec(this.text)?.[0];
    if (found === undefined) return undefined;
    this.at += found.length;
    return found;
  }

  private fail(problem: string): undefined {
    this.problem = problem;
    return undefined;
  }
}
