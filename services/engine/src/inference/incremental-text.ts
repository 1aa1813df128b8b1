const REPLACEMENT = '\uFFFD';
/** A character has at most four bytes, so at most four byte tokens can be waiting for their rest. */
const LONGEST_CHARACTER = 4;
/** Earlier tokens given as context: tokenizers of the SentencePiece kind decide on leading spaces by what stands before. */
const CONTEXT = 4;

/**
 * Turns tokens into text one at a time. Tokens that end inside a character are held until the character is complete, so the
 * pieces put together are the same text as the whole detokenised at once.
 */
export class IncrementalText<Token> {
  private context: Token[] = [];
  private pending: Token[] = [];

  /** @param detokenize text of a run of tokens; bytes that are no complete character become U+FFFD. */
  constructor(private readonly detokenize: (tokens: Token[]) => string) {}

  /** Takes the next token and returns the text that is complete now, possibly empty. */
  push(token: Token): string {
    this.pending.push(token);
    const text = this.pendingText();
    if (text.endsWith(REPLACEMENT) && this.pending.length < LONGEST_CHARACTER) return '';
    this.settle();
    return text;
  }

  /** Text of the tokens still held; an incomplete character at the end shows as U+FFFD. */
  flush(): string {
    if (this.pending.length === 0) return '';
    const text = this.pendingText();
    this.settle();
    return text;
  }

  private pendingText(): string {
    const before = this.detokenize(this.context);
    return this.detokenize([...this.context, ...this.pending]).slice(before.length);
  }

  private settle(): void {
    this.context = [...this.context, ...this.pending].slice(-CONTEXT);
    this.pending = [];
  }
}
