export type TokenKind = 'number' | 'based' | 'letter' | 'name' | 'text' | 'mark' | 'end';

/**
 * One piece of notation. number: a literal as numerals.ts writes it; based: digits_base; letter: a variable; name: a command or
 * function that the parser knows, "begin pmatrix" for an environment; text: one word; mark: one sign.
 */
export interface Token {
  kind: TokenKind;
  text: string;
}

/** Text that is no notation. Never leaves compareMath. */
export class NotMathematics extends Error {}
