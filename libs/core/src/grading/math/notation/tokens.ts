import { limits } from '../limits.js';
import {
  hidden,
  ignored,
  letters,
  marks,
  matrixFences,
  rowEnvironments,
  structural,
  textual,
} from './commands.js';
import { matchNumber } from './numerals.js';
import { functions, greek } from './words.js';
import { isUnitWord } from '../values/units.js';
import { isMathInText, isPlainWord, textTokens, wordTokens } from './wordtokens.js';
import { NotMathematics, type Token, type TokenKind } from './token.js';

/**
 * The tokens of a cleaned answer in LaTeX or plain text. Spelling variants of the same notation (\dfrac, \left(, thin spaces,
 * 1{,}000) give the same tokens.
 *
 * @param grouping whether a comma before three digits may group thousands: "70,110" is a number or a list of two
 * @throws NotMathematics for more tokens than an answer has
 */
export function tokenize(text: string, grouping = true): Token[] {
  const lexer = new Lexer(text, grouping);
  lexer.run();
  return lexer.tokens;
}

class Lexer {
  readonly tokens: Token[] = [];
  private at = 0;
  /** Brackets (not braces) that are open: inside of them a comma always separates. */
  private brackets = 0;
  /** Inside of an environment whose rows are statements: "&" only aligns them. */
  private aligned = false;

  constructor(
    private readonly text: string,
    private readonly grouping: boolean,
  ) {}

  run(): void {
    while (this.at < this.text.length) {
      if (this.tokens.length > limits.tokens) throw new NotMathematics('too many tokens');
      this.next();
    }
  }

  private next(): void {
    const character = this.text[this.at] ?? '';
    if (character === '\\') return this.command();
    if (/[\s~]/.test(character) || (character === '&' && this.aligned)) {
      this.at++;
      return;
    }
    if (/[\d.A-Za-f]/.test(character) && this.numeral()) return;
    if (/[\p{L}]/u.test(character)) return this.word();
    this.sign(character);
  }

  private push(kind: TokenKind, text: string): void {
    this.tokens.push({ kind, text });
  }

  private matched(pattern: RegExp): RegExpExecArray | null {
    pattern.lastIndex = this.at;
    const match = pattern.exec(this.text);
    if (match !== null) this.at = pattern.lastIndex;
    return match;
  }

  private numeral(): boolean {
    const based = this.matched(/(\d*[A-Z][0-9A-Z]*|\d[0-9A-Z]*[A-Z][0-9A-Z]*)_\{?\s?(\d{1,2})\s?\}?(?!\d)/y);
    if (based !== null) {
      if (/\d/.test(based[1] ?? '')) {
        this.push('based', `${based[1]}_${based[2]}`);
        return true;
      }
      this.at -= based[0].length;
    }
    const small = this.matched(/((?=[a-f]*\d)[0-9a-f]*[a-f][0-9a-f]*)_\{?\s?(1[1-6])\s?\}?(?!\d)/y);
    if (small !== null) {
      this.push('based', `${small[1]?.toUpperCase()}_${small[2]}`);
      return true;
    }
    const found = matchNumber(this.text, this.at, this.grouping && this.brackets === 0);
    if (found === undefined) return false;
    this.at = found.end;
    this.push('number', found.text);
    return true;
  }

  private sign(character: string): void {
    const two = this.matched(/<=|>=|!=|==|\*\*|\+-|\+\/-|-\/\+|\.\.\.|<>|=>|->/y);
    if (two !== null) {
      const mark = twoCharacterMarks.get(two[0]) ?? two[0];
      if (mark !== '') this.push('mark', mark);
      return;
    }
    this.at++;
    if (character === '.' || character === '"' || character === '?') return;
    if (character === '¢') return this.push('text', 'cents');
    this.mark(character);
  }

  private mark(mark: string): void {
    if (mark === '(' || mark === '[' || mark === '\\{') this.brackets++;
    if ((mark === ')' || mark === ']' || mark === '\\}') && this.brackets > 0) this.brackets--;
    this.push('mark', mark);
  }

  private command(): void {
    const named = this.matched(/\\([A-Za-z]+)\*?/y);
    if (named === null) {
      const sign = this.text.slice(this.at + 1, this.at + 2);
      this.at += 2;
      if ('{}'.includes(sign) && sign !== '') this.mark(`\\${sign}`);
      else if (sign === '\\') {
        this.matched(/\s?\[\s?-?[\d.]+\s?[a-z]{2}\s?\]/y);
        this.push('mark', '\\\\');
      } else if (sign === '|') this.push('mark', '‖');
      else if (sign === '%' || sign === '$') this.push('mark', sign);
      return;
    }
    this.named(named[1] ?? '');
  }

  private named(name: string): void {
    if (name === 'left' || name === 'right') {
      // "\left." shows nothing.
      this.matched(/\s*\./y);
      return;
    }
    if (ignored.has(name)) return;
    if (name === 'not') {
      if (this.matched(/\s*=/y) === null) throw new NotMathematics('a negation');
      return this.push('mark', '≠');
    }
    if (textual.has(name)) return this.textArgument();
    if (name === 'mathrm' || name === 'operatorname') return this.roman();
    if (hidden.has(name)) return this.hide();
    if (name === 'begin' || name === 'end') return this.environment(name);
    const mark = marks.get(name);
    if (mark !== undefined)
      return mark === 'and' || mark === 'or' ? this.push('name', mark) : this.mark(mark);
    const known = structural.get(name) ?? functions.get(name);
    if (known !== undefined) return this.push('name', known);
    const letter = letters.get(name);
    if (letter !== undefined) return this.push('letter', letter);
    this.push('letter', greek.has(name) ? name.replace(/^var(?=phi|epsilon|theta)/, '') : `\\${name}`);
  }

  /** "#1" of a command: the content of the braces, or undefined when none follow. */
  private argument(): string | undefined {
    const start = this.matched(/\s*\{/y);
    if (start === null) return undefined;
    let depth = 1;
    let end = this.at;
    for (; end < this.text.length; end++) {
      const character = this.text[end];
      if (character === '\\') end++;
      else if (character === '{') depth++;
      else if (character === '}' && --depth === 0) break;
    }
    const content = this.text.slice(this.at, end);
    this.at = Math.min(this.text.length, end + 1);
    return content;
  }

  private textArgument(): void {
    const content = this.argument();
    if (content === undefined) return;
    const called = functions.get(content.trim());
    if (called !== undefined && /^\s*(?:\\left)?\(/.test(this.text.slice(this.at, this.at + 12)))
      return this.push('name', called);
    if (isMathInText(content)) {
      for (const token of tokenize(content, this.grouping)) this.push(token.kind, token.text);
      return;
    }
    for (const token of textTokens(content, this.isOperand())) this.push(token.kind, token.text);
  }

  private roman(): void {
    const before = this.at;
    const content = this.argument()
      ?.replaceAll(/~|\\[,;:! ]/g, ' ')
      .trim();
    if (content === undefined) return;
    const isUnit = this.isOperand() && isUnitWord(content);
    const known = isUnit ? undefined : (functions.get(content) ?? structural.get(content));
    if (known !== undefined) return this.push('name', known);
    if (
      /^[A-Za-z]{2,}$/.test(content) ||
      (this.isOperand() && /^[a-zA-Z]$/.test(content) && !/^[eid]$/.test(content))
    )
      return this.push('text', content);
    if (content.includes(' ') || content.includes('\\')) {
      for (const token of textTokens(content, this.isOperand())) this.push(token.kind, token.text);
      return;
    }
    this.at = before;
  }

  private hide(): void {
    if (this.argument() === undefined) this.matched(/\s*(?:\\[A-Za-z]+|.)/y);
  }

  private environment(word: 'begin' | 'end'): void {
    const name = this.argument()?.trim() ?? '';
    if (word === 'begin' && name === 'array') this.argument();
    if (matrixFences.has(name)) this.push('name', `${word} ${name}`);
    else if (rowEnvironments.has(name)) this.aligned = word === 'begin';
    else throw new NotMathematics(`an environment that is not known`);
  }

  /** Whether what stands before can be multiplied or has a unit. */
  private isOperand(): boolean {
    const last = this.tokens.at(-1);
    if (last === undefined) return false;
    if (last.kind === 'mark') return ')]}°%!|'.includes(last.text) || last.text === '\\}';
    return last.kind !== 'name' || last.text === 'pi' || last.text === 'infinity';
  }

  /** Whether a short word stands beside a longer one: "no solution", "two lines", "a circle". */
  private isPhrase(): boolean {
    const next = /\s+(\p{L}{4,})/uy;
    next.lastIndex = this.at;
    const following = next.exec(this.text)?.[1];
    return (
      (following !== undefined && isPlainWord(following) && !this.isOperand()) ||
      this.tokens.at(-1)?.kind === 'text'
    );
  }

  private word(): void {
    const run = this.matched(/[\p{L}]+/uy)?.[0] ?? '';
    const phrase = run.length <= 3 && !/^(?:and|or)$/i.test(run) && this.isPhrase();
    const place = {
      afterOperand: this.isOperand(),
      spaced: /\s/.test(this.text[this.at - run.length - 1] ?? '') || this.tokens.at(-2)?.text === ':',
      atEnd: /^\s*(?:$|[,;])/.test(this.text.slice(this.at, this.at + 9)),
    };
    const tokens = phrase
      ? [{ kind: 'text' as const, text: run }]
      : wordTokens(run, this.tokens.at(-1), place);
    for (const token of tokens) this.push(token.kind, token.text);
  }
}

const twoCharacterMarks = new Map(
  Object.entries({
    '<=': '≤',
    '>=': '≥',
    '!=': '≠',
    '==': '=',
    '**': '^',
    '+-': '±',
    '+/-': '±',
    '-/+': '∓',
    '...': '…',
    '<>': '≠',
    '=>': '⇒',
    '->': '→',
  }),
);
