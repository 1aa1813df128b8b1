import { matrixFences } from './commands.js';
import { parseNumeral } from './numerals.js';
import { NameParser } from './names.js';
import { integer, negated, numberNode, product, type Node } from './node.js';
import { NotMathematics } from './token.js';

/** What stands by itself: numbers, letters, groups, fractions, roots, matrices. */
export abstract class PrimaryParser extends NameParser {
  /** A currency sign that was read in the operand at hand. */
  protected currency = '';
  /** Inside of |...|: the next bar closes. */
  protected bars = 0;
  /** Inside of a matrix: a line break ends its row. */
  protected rows = 0;

  protected abstract sum(): Node;
  protected abstract power(): Node;
  protected abstract functionCall(name: string): Node;

  protected primary(): Node {
    const token = this.take();
    switch (token.kind) {
      case 'number':
        return this.is('mark', '_') ? this.based(token.text) : literal(token.text);
      case 'based': {
        const [digits = '', base = ''] = token.text.split('_');
        return { kind: 'based', digits, base: Number(base), parts: [] };
      }
      case 'letter':
        return this.letter(token.text);
      case 'text':
        return this.worded(token.text);
      case 'name':
        return this.named(token.text);
      case 'mark':
        return this.nested(() => this.group(token.text));
      default:
        throw new NotMathematics('an operand is missing');
    }
  }

  /** Words; a currency may stand before its number. */
  private worded(first: string): Node {
    let text = first;
    while (this.is('text')) text += ` ${this.take().text}`;
    if (!this.is('number')) return { kind: 'text', text };
    if (!/^(?:usd|eur|gbp|inr|rs|us dollars?)$/i.test(text))
      throw new NotMathematics('words before a number');
    this.currency = text;
    return this.power();
  }

  private based(digits: string): Node {
    this.take();
    const subscript = this.argument();
    if (subscript.kind !== 'number') throw new NotMathematics('a base that is no number');
    return { kind: 'based', digits, base: Number(subscript.value.numerator), parts: [] };
  }

  private named(name: string): Node {
    switch (name) {
      case 'pi':
      case 'infinity':
        return { kind: 'constant', name };
      case 'empty':
        return { kind: 'set', parts: [] };
      case 'frac':
        return this.nested(() => ({ kind: 'divide', parts: [this.argument(true), this.argument(true)] }));
      case 'binom':
        return this.nested(() => ({ kind: 'call', name: 'binomial', parts: this.pair() }));
      case 'sqrt':
      case 'cbrt':
        return this.nested(() => this.root(name === 'cbrt' ? 3 : 2));
      case 'overline':
        return this.nested(() => {
          const inner = this.argument();
          // A line over a segment's ends names the segment; over anything else it is a conjugate, a mean or digits.
          return inner.kind === 'symbol' && inner.name.length > 1
            ? inner
            : { kind: 'apply', name, parts: [inner] };
        });
      case 'accent':
        return this.nested(() => ({ kind: 'apply', name, parts: [this.argument()] }));
      case 'blackboard':
        return { kind: 'symbol', name: `\\mathbb{${this.subscript()}}` };
      default:
        if (name.startsWith('begin ')) return this.nested(() => this.matrix(name.slice('begin '.length)));
        return this.nested(() => this.functionCall(name));
    }
  }

  /** The two arguments of \binom{n}{k} or binom(n, k). */
  private pair(): Node[] {
    if (!this.isMark('(')) return [this.argument(true), this.argument(true)];
    const inner = this.primary();
    if (inner.kind !== 'tuple' || inner.parts.length !== 2) throw new NotMathematics('a binomial of two');
    return inner.parts;
  }

  private root(index: number): Node {
    let degree = integer(index);
    if (this.skip('[')) {
      degree = this.sum();
      this.expect(']');
    }
    return { kind: 'root', parts: [this.argument(), degree] };
  }

  /**
   * What a command applies to: a group, or the one thing that follows.
   *
   * @param digits whether a number is taken digit by digit, as \frac does
   */
  protected argument(digits = false): Node {
    if (digits && this.is('number')) return literal(this.takeDigit().text);
    if (this.isMark('-')) {
      this.take();
      return { kind: 'negate', parts: [this.argument()] };
    }
    return this.primary();
  }

  private group(open: string): Node {
    switch (open) {
      case '{':
        return this.braces();
      case '(':
      case '[':
      case '⟨':
        return this.bracketed(open);
      case ']':
        throw new NotMathematics('a bracket that was not opened');
      case '\\{':
        return this.set('\\}');
      case '|':
      case '‖':
        return this.absolute(open);
      case '⌊':
        return this.rounded('floor', '⌋');
      case '⌈':
        return this.rounded('ceil', '⌉');
      case '$':
      case '€':
      case '£':
      case '¥':
      case '₹':
        this.currency = open;
        return this.skip('-') ? negated(this.power()) : this.power();
      default:
        throw new NotMathematics(`${open} is no operand`);
    }
  }

  private braces(): Node {
    const outer = this.bars;
    this.bars = 0;
    if (this.skip('}')) return this.is('end') ? { kind: 'set', parts: [] } : this.power();
    const inner = this.infix(this.list());
    this.expect('}');
    this.bars = outer;
    return inner.kind === 'list' && inner.word === ',' ? { kind: 'set', parts: inner.parts } : inner;
  }

  /** {a \over b} and {n \choose k}, after the first of them. */
  protected infix(first: Node): Node {
    if (!this.is('name', 'over') && !this.is('name', 'choose')) return first;
    const isBinomial = this.take().text === 'choose';
    const parts: [Node, Node] = [first, this.list()];
    return isBinomial ? { kind: 'call', name: 'binomial', parts } : { kind: 'divide', parts };
  }

  private bracketed(open: '(' | '[' | '⟨'): Node {
    const outer = this.bars;
    this.bars = 0;
    const inner = this.list();
    const close = this.take().text;
    this.bars = outer;
    if (open === '⟨' ? close !== '⟩' : close !== ')' && close !== ']')
      throw new NotMathematics('an open bracket');
    if (inner.kind === 'list' && inner.word === ',') {
      const [left, right] = open === '⟨' ? ['(', ')'] : [open, close];
      return { kind: 'tuple', open: left, close: right, parts: inner.parts };
    }
    if ((open === '(') !== (close === ')') && open !== '⟨') throw new NotMathematics('brackets that differ');
    return inner;
  }

  protected set(close: string): Node {
    const outer = this.bars;
    this.bars = 0;
    if (this.skip(close)) return { kind: 'set', parts: [] };
    if (this.is('letter') && [':', '|', '∈'].some((mark) => this.is('mark', mark, 1))) {
      const builder = this.builder(close);
      this.bars = outer;
      return builder;
    }
    const inner = this.list();
    this.expect(close);
    this.bars = outer;
    return { kind: 'set', parts: inner.kind === 'list' ? inner.parts : [inner] };
  }

  /** {x : condition} or {x ∈ ℝ | condition} */
  private builder(close: string): Node {
    const variable = this.primary();
    if (this.skip('∈')) this.primary();
    if (!this.skip(':') && !this.skip('|')) throw new NotMathematics('a set without a condition');
    const condition = this.list();
    this.expect(close);
    return { kind: 'builder', parts: [variable, condition] };
  }

  private absolute(bar: string): Node {
    this.bars++;
    const inner = this.sum();
    this.bars--;
    this.expect(bar);
    return { kind: 'call', name: bar === '|' ? 'abs' : 'norm', parts: [inner] };
  }

  private rounded(name: string, close: string): Node {
    const inner = this.sum();
    this.expect(close);
    return { kind: 'call', name, parts: [inner] };
  }

  private matrix(environment: string): Node {
    this.rows++;
    const rows: Node[][] = [];
    let row: Node[] = [];
    while (!this.is('end') && !this.is('name', `end ${environment}`)) {
      row.push(this.list());
      if (this.skip('&')) continue;
      rows.push(row);
      row = [];
      if (!this.skip('\\\\') && !this.is('name', `end ${environment}`)) throw new NotMathematics('a cell');
    }
    if (this.is('end')) throw new NotMathematics('a matrix without its end');
    this.take();
    this.rows--;
    const columns = rows[0]?.length ?? 0;
    if (columns === 0 || rows.some(({ length }) => length !== columns))
      throw new NotMathematics('uneven rows');
    return { kind: 'matrix', fence: matrixFences.get(environment) ?? '(', columns, parts: rows.flat() };
  }
}

/** A literal as a node; past the limits of exact arithmetic a product with a power of ten. */
export function literal(text: string): Node {
  const parsed = parseNumeral(text);
  if (parsed === undefined) throw new NotMathematics('a number that is too long');
  const mantissa = numberNode(parsed.value, text);
  if (parsed.exponent === 0n) return mantissa;
  const scale: Node = { kind: 'power', parts: [integer(10), integer(parsed.exponent)] };
  return product([mantissa, scale]);
}
