import { Cursor } from './cursor.js';
import type { Node } from './node.js';

/** Letters: variables with their subscripts and primes, the constants i and e, and functions without a known meaning. */
export abstract class NameParser extends Cursor {
  protected abstract list(): Node;

  protected letter(text: string): Node {
    if (text === 'i' || text === 'e') {
      if (!this.isMark('_', "'")) return { kind: 'constant', name: text };
    }
    let name = text;
    if (this.skip('_')) name += `_${this.nested(() => this.subscript())}`;
    while (this.skip("'")) name += "'";
    if (/^[fgh]$/.test(name) && this.skipInverse()) name += '^-1';
    const said = this.probability(name);
    if (said !== undefined) return said;
    if (this.isApplied(name)) {
      this.take();
      return this.nested(() => {
        const inner = this.list();
        this.expect(')');
        return { kind: 'apply', name, parts: inner.kind === 'list' ? inner.parts : [inner] };
      });
    }
    return { kind: 'symbol', name };
  }

  protected subscript(): string {
    if (!this.skip('{')) return this.take().text;
    let text = '';
    while (!this.isMark('}') && !this.is('end')) text += this.take().text;
    this.expect('}');
    return text;
  }

  /** f(...) and g(...) always; another letter when it is defined: "P(x) = ". */
  private isApplied(name: string): boolean {
    if (!this.isMark('(')) return false;
    if (/^(?:[fg](?:_\w+)?'*|[fgh]\^-1)$/.test(name)) return true;
    let ahead = 1;
    while (this.is('letter', undefined, ahead) && this.is('mark', ',', ahead + 1)) ahead += 2;
    return (
      this.is('letter', undefined, ahead) &&
      this.is('mark', ')', ahead + 1) &&
      this.is('mark', '=', ahead + 2)
    );
  }

  /** "P(A | B) =": what is in the parentheses is a name, whatever its notation. */
  private probability(name: string): Node | undefined {
    if (!/^(?:P|Pr|E|Var)$/.test(name) || !this.isMark('(')) return undefined;
    let depth = 0;
    let ahead = 0;
    let text = '';
    do {
      const token = this.peek(ahead++);
      if (token.kind === 'end') return undefined;
      if (token.text === '(') depth++;
      else if (token.text === ')') depth--;
      text += token.text;
    } while (depth > 0);
    if (!this.is('mark', '=', ahead)) return undefined;
    for (let taken = 0; taken < ahead; taken++) this.take();
    return { kind: 'apply', name, parts: [{ kind: 'symbol', name: text }] };
  }

  /** Takes the "^{-1}" of an inverse function, f^{-1}(x). */
  private skipInverse(): boolean {
    const marks = ['^', '{', '-', '1', '}', '('];
    const isNext = marks.every((text, ahead) => this.peek(ahead).text === text);
    if (isNext) for (const _ of marks.slice(1)) this.take();
    return isNext;
  }
}
