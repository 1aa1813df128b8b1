import { limits } from '../limits.js';
import { tokenize } from './tokens.js';
import { NotMathematics, type Token, type TokenKind } from './token.js';

const end: Token = { kind: 'end', text: '' };

/** A place in the tokens, and how deep the notation is nested there. */
export abstract class Cursor {
  private at = 0;
  private depth = 0;

  constructor(private readonly tokens: Token[]) {}

  protected peek(ahead = 0): Token {
    return this.tokens[this.at + ahead] ?? end;
  }

  protected take(): Token {
    const token = this.peek();
    this.at++;
    return token;
  }

  protected is(kind: TokenKind, text?: string, ahead = 0): boolean {
    const token = this.peek(ahead);
    return token.kind === kind && (text === undefined || token.text === text);
  }

  protected isMark(...marks: string[]): boolean {
    const token = this.peek();
    return token.kind === 'mark' && marks.includes(token.text);
  }

  /** Takes the mark when it is next. */
  protected skip(mark: string): boolean {
    if (!this.isMark(mark)) return false;
    this.at++;
    return true;
  }

  protected expect(mark: string): void {
    // An answer may be cut off in its last group.
    if (!this.skip(mark) && !(mark === '}' && this.is('end'))) throw new NotMathematics(`no ${mark}`);
  }

  /** The first digit of the next number: "\frac12" is one half. */
  protected takeDigit(): Token {
    const token = this.take();
    const [digit, rest] = [token.text.slice(0, 1), token.text.slice(1)];
    if (rest === '') return token;
    this.at--;
    this.tokens.splice(this.at, 1, ...tokenize(rest));
    return { kind: 'number', text: digit };
  }

  /** Runs one level deeper. */
  protected nested<T>(parse: () => T): T {
    if (++this.depth > limits.depth) throw new NotMathematics('nested too deeply');
    const result = parse();
    this.depth--;
    return result;
  }
}
